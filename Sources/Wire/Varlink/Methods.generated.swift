// Generated from org.varlink.service.varlink by Scripts/generate-varlink: not to be edited by hand.

/// The methods of org.varlink.service.
package enum ServiceMethod {
    package static let interface = VarlinkInterface("org.varlink.service", description: serviceDescription)

    package static let getInfo = VarlinkMethod<NoParameters, GetInfoReply>("org.varlink.service.GetInfo")

    package static let getInterfaceDescription = VarlinkMethod<GetInterfaceDescriptionParameters, GetInterfaceDescriptionReply>(
        "org.varlink.service.GetInterfaceDescription")
}

package struct GetInfoReply: Codable, Equatable, Sendable {
    package var vendor: String
    package var product: String
    package var version: String
    package var url: String
    package var interfaces: [String]

    package init(vendor: String, product: String, version: String, url: String, interfaces: [String]) {
        self.vendor = vendor
        self.product = product
        self.version = version
        self.url = url
        self.interfaces = interfaces
    }
}

package struct GetInterfaceDescriptionParameters: CallParameters, Equatable {
    package var interface: String

    package static let known = ["interface"]

    package init(interface: String) {
        self.interface = interface
    }
}

package struct GetInterfaceDescriptionReply: Codable, Equatable, Sendable {
    package var description: String

    package init(description: String) {
        self.description = description
    }
}

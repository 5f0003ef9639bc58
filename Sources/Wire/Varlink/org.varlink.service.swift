/// org.varlink.service, which every service has.
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
}

package struct GetInterfaceDescriptionParameters: CallParameters {
    package var interface: String

    package static let known = ["interface"]
    package init(interface: String) { self.interface = interface }
}

package struct GetInterfaceDescriptionReply: Codable, Equatable, Sendable {
    package var description: String
}

/// As varlink.org gives it, with the two errors that systemd added.
private let serviceDescription = """
    # The Varlink Service Interface is provided by every varlink service.
    interface org.varlink.service

    method GetInfo() -> (
      vendor: string,
      product: string,
      version: string,
      url: string,
      interfaces: []string
    )

    method GetInterfaceDescription(interface: string) -> (description: string)

    error InterfaceNotFound (interface: string)
    error MethodNotFound (method: string)
    error MethodNotImplemented (method: string)
    error InvalidParameter (parameter: string)
    error PermissionDenied ()
    error ExpectedMore ()
    """

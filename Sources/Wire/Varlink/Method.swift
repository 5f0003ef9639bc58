/// A method as both ends know it: its full name, what it is called with, and what comes back.
package struct VarlinkMethod<Parameters: CallParameters, Reply: Codable & Sendable>: Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }
}

/// What a method is called with. No parameters, null and `{}` mean the same.
package protocol CallParameters: Codable, Sendable {
    /// Every parameter that the method knows; another one is refused, since to ignore it could do what nobody asked for.
    static var known: [String] { get }
}

package struct NoParameters: CallParameters {
    package static let known: [String] = []
    package init() {}
}

/// An interface of a service: its name, and what it is in Varlink's own language.
package struct VarlinkInterface: Sendable {
    package let name: String
    package let description: String

    package init(_ name: String, description: String) {
        self.name = name
        self.description = description
    }
}

/// A value of many fields. Named one after the other they can be read and looked for; an initialiser with twenty-seven arguments can't.
package protocol FilledIn { init() }

extension FilledIn {
    /// What isn't given a value is empty.
    package init(_ fill: (inout Self) throws -> Void) rethrows {
        self.init()
        try fill(&self)
    }
}

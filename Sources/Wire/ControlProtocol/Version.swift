/// The version of all that is built from this package: `uplinkctl --version` and what the control socket says of itself.
package enum Version {
    package static let current = "0.1.0"
}

/// Where the daemon listens and where the CLI looks, unless told otherwise.
package let defaultControlSocket = "/run/uplinkd/control"

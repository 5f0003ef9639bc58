// Generated from org.varlink.service.varlink by Scripts/generate-varlink: not to be edited by hand.

/// org.varlink.service in Varlink's own language, as `org.varlink.service.GetInterfaceDescription` gives it out.
let serviceDescription = """
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

/// The types of FastCGI records (specification, section 8).
enum RecordType: UInt8 {
    case beginRequest = 1
    case abortRequest = 2
    case endRequest = 3
    case parameters = 4
    case standardInput = 5
    case standardOutput = 6
    case standardError = 7
    case data = 8
    case getValues = 9
    case getValuesResult = 10
    case unknownType = 11
}

/// Why a request ended, for the web server (specification, section 5.5).
enum ProtocolStatus: UInt8 {
    case requestComplete = 0
    case cannotMultiplex = 1
    case overloaded = 2
    case unknownRole = 3
}

/// The role of a responder (specification, section 6.2); authorizers and filters are refused.
let responderRole: UInt16 = 1

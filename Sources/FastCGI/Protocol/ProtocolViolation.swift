/// What a peer did that ends its connection.
enum ProtocolViolation: Error, Equatable, CustomStringConvertible {
    case version(UInt8)
    case beginRequestLength(Int)
    case requestIDZero
    case duplicateRequestID(UInt16)
    case parametersMalformed
    case valuesMalformed

    var description: String {
        switch self {
        case .version(let version): "record of FastCGI version \(version); only version 1 exists"
        case .beginRequestLength(let length): "FCGI_BEGIN_REQUEST of \(length) bytes; it has 8"
        case .requestIDZero: "FCGI_BEGIN_REQUEST with request id 0; ids are 1 to 65535"
        case .duplicateRequestID(let id): "FCGI_BEGIN_REQUEST for request \(id), which is open"
        case .parametersMalformed: "a name-value length in FCGI_PARAMS reaches beyond the end"
        case .valuesMalformed: "a name-value length in FCGI_GET_VALUES reaches beyond the end"
        }
    }
}

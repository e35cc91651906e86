extension PictureError {
    /// The kind of error in a word, for metrics.
    var outcome: String {
        switch self {
        case .badAddress: "bad_address"
        case .forbiddenHost: "forbidden_host"
        case .unknownHost: "unknown_host"
        case .tooManyRedirects: "too_many_redirects"
        case .status: "upstream_status"
        case .tooLarge: "too_large"
        case .notAPicture: "unsupported_type"
        case .busy: "busy"
        case .timedOut: "timed_out"
        case .broken: "broken"
        }
    }
}

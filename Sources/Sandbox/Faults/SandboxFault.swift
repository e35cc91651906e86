/// A fault that the sandbox shows instead of, or in, its answer.
public enum SandboxFault: Sendable, Hashable {
    /// No answer at all, until the client gives up.
    case timeout
    /// The connection breaks in the middle of the answer.
    case reset
    /// A whole HTTP answer with half of the JSON.
    case truncate
    /// The answer, a byte a second.
    case drip
    /// JSON whose values have other types than is documented.
    case wrongTypes
    /// An answer of 1 GB.
    case huge
    /// A redirect to another host, with the query, and so the token, in it.
    case redirect
    /// An HTTP status, and after how many seconds to come back, if it says so.
    case status(Int, retryAfter: Int? = nil)
    /// An error of the Graph API: its code and subcode, and in how many minutes the usage headers say that calls are
    /// taken again.
    case error(code: Int, subcode: Int? = nil, minutes: Int? = nil)
    /// The answer of the Graph API with usage headers that say how many percent of the allowance are used, and in how
    /// many minutes calls are taken again.
    case usage(percent: Int, minutes: Int? = nil)
}

extension SandboxFault {
    /// Whether it is about what only the Graph API has.
    var isOfGraphOnly: Bool {
        switch self {
        case .error, .usage: true
        default: false
        }
    }

    static let allowed = """
        timeout, reset, truncate, drip, wrong-types, huge, redirect, a status of 300 to 599 such as 429 or \
        503:RETRY_SECONDS, error:CODE or error:CODE/SUBCODE, or usage:PERCENT, the last two also with :MINUTES
        """

    /// Reads a fault; nil for what is none.
    init?(_ text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts[0] {
        case "error":
            guard (2...3).contains(parts.count) else { return nil }
            let codes = parts[1].split(separator: "/", omittingEmptySubsequences: false).map(Self.number)
            guard let code = codes[0], codes.count == 1 || codes.count == 2 && codes[1] != nil else { return nil }
            self = .error(code: code, subcode: codes.count == 2 ? codes[1] : nil)
            guard parts.count == 3 else { return }
            guard let minutes = Self.number(parts[2]) else { return nil }
            self = .error(code: code, subcode: codes.count == 2 ? codes[1] : nil, minutes: minutes)
        case "usage":
            guard (2...3).contains(parts.count), let percent = Self.number(parts[1]) else { return nil }
            self = .usage(percent: percent)
            guard parts.count == 3 else { return }
            guard let minutes = Self.number(parts[2]) else { return nil }
            self = .usage(percent: percent, minutes: minutes)
        case let status where status.isDigits:
            guard parts.count <= 2, let code = Int(status), (300...599).contains(code) else { return nil }
            self = .status(code)
            guard parts.count == 2 else { return }
            guard let seconds = Self.number(parts[1]) else { return nil }
            self = .status(code, retryAfter: seconds)
        default:
            guard let fault = Self.plain[text] else { return nil }
            self = fault
        }
    }

    private static let plain: [Substring: SandboxFault] = [
        "timeout": .timeout, "reset": .reset, "truncate": .truncate, "drip": .drip, "wrong-types": .wrongTypes,
        "huge": .huge, "redirect": .redirect,
    ]

    private static func number(_ text: Substring) -> Int? {
        text.isDigits ? Int(text) : nil
    }
}

import Hummingbird

/// The one object of the original contract: `{"status":"OK","URI":"…"}` and a newline.
struct Envelope: Sendable, Equatable {
    let status: String
    let uri: String

    /// All is well, and this is the address asked for, if one was.
    static func ok(_ uri: String = "") -> Envelope { Envelope(status: "OK", uri: uri) }

    /// Something is not well.
    static func failure(_ reason: String) -> Envelope { Envelope(status: "NOT - OK: \(reason)", uri: "") }

    var json: JSON { .object(["status": .string(status), "URI": .string(uri)]) }
}

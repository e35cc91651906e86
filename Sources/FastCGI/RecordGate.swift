/// Parses the bytes of a peer and passes on only valid input: one request at a time, complete and well formed.
///
/// libfcgi receives no input that has not passed the gate. The gate does no I/O, and stores only the record that it
/// is reading and the parameters of the open request.
struct RecordGate {
    /// The result of parsing.
    enum Event {
        /// Send these bytes at once; then close the connection if the peer asked for it.
        case reply([UInt8], closes: Bool = false)
        /// The parameters are complete.
        case request(RequestHead)
        /// The parameters are too large. The head contains none of them.
        case parametersTooLarge(RequestHead)
        /// A piece of standard input. The bytes belong to the input of ``next(_:)``.
        case body(UnsafeRawBufferPointer)
        /// Standard input is complete.
        case bodyEnd
        /// The web server aborted the request that ``request(_:)`` or ``parametersTooLarge(_:)`` reported.
        case abort
        /// The connection must be closed, and the gate must not be used again.
        case violation(ProtocolViolation)
    }

    /// The use of the current record's content.
    private enum Content {
        case collected
        case parameters
        case body
        case dropped
    }

    /// The progress of the open request; there is at most one.
    private enum Phase: Equatable {
        case none
        case parameters
        /// The parameters are too large; the rest of the request is dropped.
        case refused
        case body
        case complete
    }

    private let maximumParameterBytes: Int
    private let maximumConnections: Int

    private var phase = Phase.none
    private var head = RequestHead(requestID: 0, keepsConnection: false, parameters: [])
    private var header: RecordHeader?
    /// The bytes of an incomplete header, or the content of a record that is needed as a whole.
    private var collected: [UInt8] = []
    private var content = Content.dropped
    private var contentLeft = 0
    private var paddingLeft = 0

    /// - Parameters:
    ///   - maximumParameterBytes: the largest size of all parameters of a request together.
    ///   - maximumConnections: the value to report for `FCGI_GET_VALUES`.
    init(maximumParameterBytes: Int, maximumConnections: Int) {
        self.maximumParameterBytes = maximumParameterBytes
        self.maximumConnections = maximumConnections
    }

    /// Whether the peer is in the middle of a record or of a request.
    var isMidway: Bool {
        guard header == nil, collected.isEmpty else { return true }
        return switch phase {
        case .none, .complete: false
        case .parameters, .refused, .body: true
        }
    }

    /// Ends the open request: the rest of its input is dropped, and the next request may begin.
    mutating func endRequest() {
        phase = .none
        if content != .collected { content = .dropped }
    }

    /// Consumes bytes up to the next event.
    ///
    /// - Parameter input: the bytes that have arrived; consumed bytes are removed from its front.
    /// - Returns: the event, or nil if all of the input is consumed.
    mutating func next(_ input: inout UnsafeRawBufferPointer) -> Event? {
        while true {
            if header == nil {
                guard readHeader(&input) else { return nil }
                if let event = beginRecord() { return event }
            }
            if contentLeft > 0 {
                guard !input.isEmpty else { return nil }
                let piece = Self.take(&input, atMost: contentLeft)
                contentLeft -= piece.count
                if let event = take(piece) { return event }
                if contentLeft > 0 { continue }
            }
            paddingLeft -= Self.take(&input, atMost: paddingLeft).count
            guard paddingLeft == 0 else { return nil }
            if let event = endRecord() { return event }
        }
    }

    private static func take(
        _ input: inout UnsafeRawBufferPointer, atMost count: Int
    ) -> UnsafeRawBufferPointer {
        let piece = UnsafeRawBufferPointer(rebasing: input.prefix(count))
        input = UnsafeRawBufferPointer(rebasing: input.dropFirst(count))
        return piece
    }

    private mutating func readHeader(_ input: inout UnsafeRawBufferPointer) -> Bool {
        if collected.isEmpty, input.count >= RecordHeader.size {
            header = RecordHeader(Self.take(&input, atMost: RecordHeader.size))
            return true
        }
        collected.append(contentsOf: Self.take(&input, atMost: RecordHeader.size - collected.count))
        guard collected.count == RecordHeader.size else { return false }
        header = collected.withUnsafeBytes { RecordHeader($0) }
        collected.removeAll(keepingCapacity: false)
        return true
    }

    /// Decides how to treat the record whose header has just been read.
    private mutating func beginRecord() -> Event? {
        guard let header else { return nil }
        guard header.version == RecordHeader.version else { return .violation(.version(header.version)) }
        contentLeft = header.contentLength
        paddingLeft = header.paddingLength
        let isOpen = phase != .none && header.requestID == head.requestID
        switch RecordType(rawValue: header.type) {
        case .beginRequest:
            guard header.contentLength == 8 else { return .violation(.beginRequestLength(header.contentLength)) }
            guard header.requestID != 0 else { return .violation(.requestIDZero) }
            guard !isOpen else { return .violation(.duplicateRequestID(header.requestID)) }
            content = .collected
        case .getValues where header.requestID == 0:
            content = .collected
        case .parameters where isOpen && phase == .parameters:
            content = .parameters
        case .standardInput where isOpen && phase == .body:
            content = .body
        default:
            content = .dropped
        }
        return nil
    }

    /// Handles a piece of the record's content.
    private mutating func take(_ piece: UnsafeRawBufferPointer) -> Event? {
        switch content {
        case .dropped:
            return nil
        case .collected:
            collected.append(contentsOf: piece)
            return nil
        case .body:
            return .body(piece)
        case .parameters:
            guard head.parameters.count + piece.count <= maximumParameterBytes else {
                head.parameters = []
                phase = .refused
                content = .dropped
                return .parametersTooLarge(head)
            }
            if head.parameters.isEmpty { head.parameters.reserveCapacity(max(piece.count, 1_024)) }
            head.parameters.append(contentsOf: piece)
            return nil
        }
    }

    /// Handles the complete record.
    private mutating func endRecord() -> Event? {
        guard let header else { return nil }
        self.header = nil
        let whole = collected
        collected = []
        let isOpen = phase != .none && header.requestID == head.requestID
        switch RecordType(rawValue: header.type) {
        case .beginRequest:
            return begin(header.requestID, whole)
        case .parameters where isOpen && phase == .parameters && header.contentLength == 0:
            guard NameValuePairs.areWellFormed(head.parameters) else { return .violation(.parametersMalformed) }
            phase = .body
            defer { head.parameters = [] }
            return .request(head)
        case .standardInput where isOpen && phase == .body && header.contentLength == 0:
            phase = .complete
            return .bodyEnd
        case .standardInput where isOpen && phase == .refused && header.contentLength == 0:
            phase = .complete
            return nil
        case .abortRequest where isOpen && phase == .parameters:
            phase = .none
            return .reply(Replies.endRequest(header.requestID, .requestComplete), closes: !head.keepsConnection)
        case .abortRequest where isOpen:
            return .abort
        case .getValues where header.requestID == 0:
            guard let reply = Replies.values(asked: whole, maximumConnections: maximumConnections) else {
                return .violation(.valuesMalformed)
            }
            return .reply(reply)
        case _ where header.requestID == 0:
            return .reply(Replies.unknownType(header.type))
        default:
            return nil
        }
    }

    private mutating func begin(_ requestID: UInt16, _ body: [UInt8]) -> Event? {
        guard phase == .none else { return .reply(Replies.endRequest(requestID, .cannotMultiplex)) }
        guard UInt16(body[0]) << 8 | UInt16(body[1]) == responderRole else {
            return .reply(Replies.endRequest(requestID, .unknownRole), closes: body[2] & 1 == 0)
        }
        phase = .parameters
        head = RequestHead(requestID: requestID, keepsConnection: body[2] & 1 != 0, parameters: [])
        return nil
    }
}

/// A protocol error of a peer, which ends its connection.
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

import FoundationEssentials
import Testing

@testable import Posts
@testable import Upstreams

@Suite struct GraphErrorTests {
    private let secret = Secret("EAAB|token")

    private func error(_ json: String, status: SourceError? = nil, regain: Duration? = nil) throws -> SourceError {
        try JSONDecoder().decode(GraphError.Envelope.self, from: Data(#"{"error":\#(json)}"#.utf8)).error
            .sourceError(statusError: status, regain: regain, secret: secret)
    }

    @Test(
        "Each code of the documentation has its meaning",
        arguments: [
            (1, .temporary), (2, .temporary), (4, .rateLimited), (17, .rateLimited), (32, .rateLimited),
            (613, .rateLimited), (80_002, .rateLimited), (10, .permissionMissing), (200, .permissionMissing),
            (250, .permissionMissing), (299, .permissionMissing), (300, .unusableResponse),
            (18, .hashtagQuotaExhausted), (24, .hashtagUnknown), (100, .badParameter), (190, .tokenInvalid),
            (102, .tokenInvalid), (-1, .unusableResponse), (999, .unusableResponse),
        ] as [(Int, SourceError.Kind)]
    )
    func codes(_ code: Int, _ kind: SourceError.Kind) throws {
        #expect(try error(#"{"message":"m","type":"OAuthException","code":\#(code)}"#).kind == kind)
        #expect(try error(#"{"message":"m","code":"\#(code)","error_subcode":1}"#).kind == kind)
    }

    @Test("The words and codes of the service are told")
    func words() throws {
        let error = try error(
            """
            {"message":"Error validating access token: Session has expired on Monday.","type":"OAuthException",
             "code":190,"error_subcode":463,"fbtrace_id":"AbC"}
            """
        )
        #expect(error.description.contains("Session has expired on Monday. (code 190, subcode 463)"))
    }

    @Test("The permission that is missing is named")
    func permission() throws {
        #expect(try error(#"{"message":"m","code":10}"#).description.contains("instagram_basic"))
    }

    @Test("How long to wait is taken from the headers")
    func regain() throws {
        #expect(
            try error(#"{"message":"m","code":4}"#, regain: .seconds(720))
                == .rateLimited(retryAfter: .seconds(720))
        )
        #expect(try error(#"{"message":"m","code":4}"#) == .rateLimited(retryAfter: nil))
    }

    @Test("Codes that are not known follow the service's hint, then the status")
    func unknownCodes() throws {
        #expect(try error(#"{"message":"m","code":999,"is_transient":true}"#).kind == .temporary)
        #expect(try error(#"{"message":"m","code":999}"#, status: .temporary("HTTP 503")).kind == .temporary)
        #expect(try error(#"{"message":"m"}"#, status: .rateLimited(retryAfter: nil)).kind == .rateLimited)
        #expect(try error(#"{}"#, status: .tokenInvalid("HTTP 401")).kind == .tokenInvalid)
        #expect(try error(#"{"message":7,"code":null,"is_transient":"no"}"#).kind == .unusableResponse)
    }

    @Test(
        "The token that a message holds is taken out, also where the message is cut",
        arguments: [0, 150, 195, 199, 200, 290]
    )
    func scrubbed(_ padding: Int) throws {
        let padding = String(repeating: "x", count: padding)
        for token in ["EAAB|token", "EAAB%7Ctoken", "EAAB%7ctoken"] {
            for code in [1, 10, 100, 190, 999] {
                let error = try error(#"{"message":"\#(padding)\#(token)","code":\#(code)}"#)
                for text in ["\(error)", String(reflecting: error)] {
                    #expect(!text.contains("EAAB") && !text.contains("token\""))
                }
            }
        }
    }
}

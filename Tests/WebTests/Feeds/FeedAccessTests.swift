import HTTPTypes
import Testing

@testable import Web

@Suite struct FeedAccessTests {
    private static let key = "correct-horse/battery="
    private static let written = "key=correct-horse%2Fbattery%3D"

    @Test(arguments: FeedFormat.allCases)
    func `A feed that was asked for with the key in its address has it in its own addresses`(
        format: FeedFormat
    ) async throws {
        let path = "/tags/golang/\(format.file)"
        try await withSite(accessKey: AccessKey(Self.key)) { client in
            let keyed = try await client.get("\(path)?limit=2&\(Self.written)")
            #expect(keyed.status == .ok)
            #expect(keyed.headers[.cacheControl]?.hasPrefix("private, ") == true)
            #expect(keyed.text.contains("http://localhost/media/sandbox/0/0?\(Self.written)"))
            #expect(keyed.text.count(of: "http://localhost/") == keyed.text.count(of: Self.written))
            // A client that sends the key in a header sends it with every request, so addresses do not contain it.
            let bearer = try await client.get("\(path)?limit=2", [.authorization: "Bearer \(Self.key)"])
            #expect(bearer.status == .ok)
            #expect(!bearer.text.contains("key="))
            #expect(bearer.text.contains("http://localhost/media/sandbox/0/0"))
            #expect(try await client.get("\(path)?limit=2").status == .unauthorized)
        }
    }
}

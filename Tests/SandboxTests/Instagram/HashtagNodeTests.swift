import Hummingbird
import Testing

@testable import Sandbox

/// A hashtag as a node of its own, and lists whose cursor is always the same.
@Suite struct HashtagNodeTests {
    @Test func `A hashtag that was searched for has a name`() async throws {
        try await GraphClient.with { client in
            let id = try await client.id(of: "golang")
            func body(_ path: String) async throws -> String {
                String(buffer: try await client.send(client.address(path, "&fields=id,name")).body)
            }
            #expect(try await body(id) == #"{"name":"golang","id":"\#(id)"}"#)
            #expect(try await body("17843000000000000") == #"{"id":"17843000000000000"}"#)
            #expect(try await client.failure(client.address(id, "&fields=id,posts")).code == 100)
            #expect(try await client.failure(client.address("17841400000000000")).error_subcode == 33)
        }
    }

    @Test func `A cursor that repeats leads to the next page each time`() async throws {
        try await GraphClient.with(SandboxConfiguration(repeatsCursors: true)) { client in
            let id = try await client.id(of: "golang")
            var ids: [String] = []
            var cursors: Set<String> = []
            var after = ""
            for _ in 1...20 {
                let page: GraphAnswer.List = try await client.get("\(id)/recent_media", "&limit=50\(after)")
                ids += page.data.map(\.id)
                guard let paging = page.paging, paging.next != nil else { break }
                cursors.insert(paging.cursors.after)
                after = "&after=\(paging.cursors.after)"
            }
            #expect(ids.count == 240 && Set(ids).count == 240)
            #expect(cursors.count == 1)
        }
    }

    @Test func `A cursor that repeats is refused before there was a first page`() async throws {
        try await GraphClient.with(SandboxConfiguration(repeatsCursors: true)) { client in
            let id = try await client.id(of: "golang")
            #expect(try await client.failure(client.address("\(id)/recent_media", "&after=QVFIUr_")).code == 100)
        }
    }
}

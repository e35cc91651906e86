import Posts
import Testing

@testable import Web

@Suite struct PostLineTests {
    @Test func `A post is one line that no terminal obeys`() throws {
        var post = Sample.post(1)
        post.caption = "one\ntwo\u{1B}[31m\u{9B}2J\u{7F}"
        let line = PostLine.json(of: post, hashtag: try Hashtag("golang"))
        #expect(line.hasPrefix(#"{"tag":"golang","id":"sandbox:1","#))
        #expect(line.contains(#""caption":"one\ntwo\u001b[31m\u009b2J\u007f""#))
        #expect(line.hasSuffix("}\n"))
        #expect(line.unicodeScalars.dropLast().allSatisfy { $0.properties.generalCategory != .control })
        #expect(!line.contains("files"))
        #expect(
            PostLine.json(of: post, hashtag: try Hashtag("golang"), files: ["a.png"]).hasSuffix(
                #","files":["a.png"]}"# + "\n"))
    }
}

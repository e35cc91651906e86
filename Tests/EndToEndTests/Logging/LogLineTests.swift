import FoundationEssentials
import Glibc
import Logging
import Testing

@testable import instacrawler

@Suite struct LogLineTests {
    private static let time = timespec(tv_sec: 1_763_960_000, tv_nsec: 42_999_999)

    private static func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(time: time, level: .warning, message: message, metadata: metadata)
    }

    @Test func `A line for programs is one JSON object, with numbers as numbers`() {
        let line = Self.line(
            "A request failed",
            [
                "status": .stringConvertible(503), "duration": .stringConvertible(0.25), "route": "/tags/{tag}",
                "hb.request.id": "abc",
            ])
        #expect(
            line.json == #"{"time":"2025-11-24T04:53:20.042Z","level":"warning","message":"A request failed","#
                + #""duration":0.25,"request_id":"abc","route":"/tags/{tag}","status":503}"# + "\n")
    }

    @Test func `A line for people has the same, with quotes where they are needed`() {
        let line = Self.line("No picture", ["reason": "upstream took too long", "media": "/media/a/1/0", "none": ""])
        #expect(
            line.text == "2025-11-24T04:53:20.042Z warning: No picture media=/media/a/1/0 none=\"\" "
                + "reason=\"upstream took too long\"\n")
    }

    @Test(
        arguments: [
            "a\nb", "a\r\nb", "a\u{2028}b", "a\u{2029}b", "a\u{85}b", "\u{1B}[31mred", "a\0b", "a\u{202E}b", "a\u{7F}b",
            "a\"b\\", "a\tb", "\u{B}\u{C}", "\u{2066}\u{9B}", "🎉 größe",
        ])
    func `Whatever it holds, it is one line, and nothing that a terminal acts on`(text: String) throws {
        let line = Self.line(text, ["value": "\(text)", Logger.Metadata.Key(text): "x"])
        for written in [line.json, line.text] {
            #expect(written.hasSuffix("\n"))
            let isClean = written.dropLast().unicodeScalars.allSatisfy { scalar in
                !(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value))
                    && !["\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}"].contains(scalar)
            }
            #expect(isClean, "\(written)")
        }
        struct Shape: Decodable {
            var message: String
            var value: String
        }
        let shape = try JSONDecoder().decode(Shape.self, from: Data(line.json.utf8))
        #expect(shape.message == text)
        #expect(shape.value == text)
    }

    @Test func `A value cannot take the place of the level or the time`() throws {
        let line = Self.line("x", ["level": "error", "time": "now", "message": "y"])
        #expect(line.json.contains(#""level":"warning","message":"x","level_":"error","message_":"y","time_":"now"}"#))
    }
}

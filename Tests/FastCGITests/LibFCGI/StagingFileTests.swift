import Glibc
import TestSupport
import Testing

@testable import FastCGI

@Suite("The staging file", .timeLimit(.minutes(10)))
struct StagingFileTests {
    private static func request(_ parameters: [UInt8], _ file: StagingFile) throws -> FastCGIParameters {
        let head = RequestHead(requestID: 1, keepsConnection: true, parameters: parameters)
        return try LibFCGIRequest(head, through: file, to: -1).parameters()
    }

    @Test("gives libfcgi what was put into it, request after request", arguments: 0..<20)
    func requests(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let file = try StagingFile(capacity: 300_000)
        for number in 0..<100 {
            // Most are small; some are just below, at and just above the size that libfcgi reads at once.
            let size = [10, 8_192, 16_384, 100_000].randomElement(using: &generator) ?? 10
            let value = String(repeating: "v", count: max(0, size - Int.random(in: 0...80, using: &generator)))
            let parameters = try Self.request(Wire.pair("NUMBER", "\(number)") + Wire.pair("VALUE", value), file)
            #expect(parameters.count == 3)
            #expect(parameters["NUMBER"] == "\(number)")
            #expect(parameters["VALUE"] == value)
        }
    }

    @Test("holds records of every size around what libfcgi reads at once")
    func borders() throws {
        let file = try StagingFile(capacity: 65_536)
        for size in 8_100...8_200 {
            let parameters = try Self.request(Wire.pair("VALUE", String(repeating: "v", count: size)), file)
            #expect(parameters["VALUE"]?.utf8.count == size)
        }
    }

    @Test("refuses a request that does not fit, and serves the next one")
    func tooLarge() throws {
        let file = try StagingFile(capacity: 4_096)
        for _ in 0..<3 {
            let large = Wire.pair("VALUE", String(repeating: "v", count: 2_000_000))
            #expect(throws: FastCGIError.self) { try Self.request(large, file) }
            #expect(try Self.request(Wire.pair("NAME", "value"), file)["NAME"] == "value")
        }
    }

    @Test("serves the next request after one that libfcgi refused")
    func refused() throws {
        let file = try StagingFile(capacity: 65_536)
        for _ in 0..<3 {
            #expect(throws: FastCGIError.self) { try Self.request([0x80, 0, 0, 9, 9, 65], file) }
            let parameters = try Self.request(Wire.pair("NAME", "value"), file)
            #expect(parameters["NAME"] == "value")
            #expect(parameters.count == 2)
        }
    }

    @Test("says what is wrong when there are no descriptors, and is made anew when there are")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            await recordingErrors {
                let file = try StagingFile(capacity: 65_536)
                file.discard()
                let limit = Descriptors.limit(1_024)
                Descriptors.limit(3)
                #expect(throws: FastCGIError.system("memfd_create", EMFILE)) { try file.put([1]) }
                Descriptors.limit(limit)
                #expect(throws: Never.self) { try file.put([1]) }
            }
        }
    }
}

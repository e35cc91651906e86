import Glibc
import Testing

@testable import FastCGI

@Suite("The staging pipe", .timeLimit(.minutes(1)))
struct StagingPipeTests {
    fileprivate static func read(_ pipe: StagingPipe) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(pipe.readEnd, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    private static func head(_ parameters: [UInt8]) -> RequestHead {
        RequestHead(requestID: 1, keepsConnection: true, parameters: parameters)
    }

    @Test("holds what it was made for", arguments: [1_000, 65_536, 262_000, 1_000_000])
    func capacity(_ size: Int) throws {
        let pipe = try StagingPipe(capacity: size)
        try pipe.write(pattern(size))
        var read: [UInt8] = []
        while case let more = Self.read(pipe), !more.isEmpty { read += more }
        #expect(read == pattern(size))
    }

    @Test("keeps nothing of a request that does not fit")
    func tooLarge() throws {
        let pipe = try StagingPipe(capacity: 4_096)
        #expect(throws: FastCGIError.self) { try pipe.write(pattern(2_000_000)) }
        try pipe.write([1, 2, 3])
        #expect(Self.read(pipe) == [1, 2, 3])
    }

    @Test("serves the next request after one that libfcgi refused")
    func refused() throws {
        let pipe = try StagingPipe(capacity: 65_536)
        for _ in 0..<3 {
            #expect(throws: FastCGIError.self) {
                try LibFCGIRequest(Self.head([0x80, 0, 0, 9, 9, 65]), through: pipe, to: -1)
            }
            let request = try LibFCGIRequest(Self.head(Wire.pair("NAME", "value")), through: pipe, to: -1)
            #expect(request.parameters()["NAME"] == "value")
            #expect(request.parameters().count == 2)
        }
    }

    @Test("says what is wrong when there are no descriptors, and is made anew when there are")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            await recordingErrors {
                let pipe = try StagingPipe(capacity: 65_536)
                pipe.discard()
                let limit = Descriptors.limit(1_024)
                Descriptors.limit(3)
                #expect(throws: FastCGIError.system("pipe2", EMFILE)) { try pipe.write([1]) }
                Descriptors.limit(limit)
                try pipe.write([1])
                #expect(StagingPipeTests.read(pipe) == [1])
            }
        }
    }
}

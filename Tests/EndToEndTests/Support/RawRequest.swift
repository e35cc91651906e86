import Testing

/// Sends bytes that no client library would, and reads all that comes back.
enum RawRequest {
    /// - Parameter bytes: in the notation of `printf`; the connection is expected to end after the answer, also by a
    ///   reset, when the server did not read all that was sent.
    static func send(_ bytes: String, port: Int) async throws -> String {
        // In one piece: a server that refuses the first line closes, and what came later would break the connection.
        let whole = #"printf "$2" | dd bs=128k iflag=fullblock status=none"#
        let script = #"exec 3<>"/dev/tcp/127.0.0.1/$1" && \#(whole) >&3 && timeout 20 cat <&3 2> /dev/null"#
        let bash = try #require(Machine.find("bash"))
        return try await Program.run(bash, ["-c", script, "bash", "\(port)", bytes]).output
    }
}

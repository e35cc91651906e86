import Testing

/// Sends bytes that no client library would send, and reads the response.
enum RawRequest {
    /// - Parameter bytes: in the notation of `printf`. The server must close the connection after the response; a reset
    ///   is accepted if it did not read everything.
    static func send(_ bytes: String, port: Int) async throws -> String {
        // In one write: a server that refuses the first line closes, and a later write would break the connection.
        let whole = #"printf "$2" | dd bs=128k iflag=fullblock status=none"#
        let script = #"exec 3<>"/dev/tcp/127.0.0.1/$1" && \#(whole) >&3 && timeout 20 cat <&3 2> /dev/null"#
        let bash = try #require(Machine.find("bash"))
        return try await Program.run(bash, ["-c", script, "bash", "\(port)", bytes]).output
    }
}

import FastCGI

/// Handlers that many tests use.
enum Handlers {
    /// The response of ``hello``.
    static let helloBytes = Array("Content-Type: text/plain\r\n\r\nHello".utf8)

    /// Responds without reading the request.
    static let hello: FastCGIServer.Handler = { _, response in
        try await response.write(helloBytes)
    }

    /// Responds with `NAME=VALUE` of every parameter, one per line.
    static let parameters: FastCGIServer.Handler = { request, response in
        var lines = ""
        request.parameters.forEach { lines += "\($0)=\($1)\n" }
        try await response.write(Array("\r\n\r\n\(lines)".utf8))
    }

    /// Responds with the body.
    static let echo: FastCGIServer.Handler = { request, response in
        try await response.write(Array("\r\n\r\n".utf8))
        for try await piece in request.body { try await response.write(piece) }
    }

    /// Reads the whole body and responds with its length.
    static func collecting(into whole: Promise<[UInt8]>) -> FastCGIServer.Handler {
        { request, response in
            var bytes: [UInt8] = []
            for try await piece in request.body { bytes += piece }
            whole.fulfil(bytes)
            try await response.write(Array("\r\n\r\n\(bytes.count)".utf8))
        }
    }

    /// Waits until it is cancelled, and then fulfils `cancelled`.
    static func waiting(begun: Promise<Void> = Promise(), cancelled: Promise<Void>) -> FastCGIServer.Handler {
        { _, _ in
            begun.fulfil()
            do {
                try await Task.sleep(for: .seconds(30))
            } catch {
                cancelled.fulfil()
                throw error
            }
        }
    }
}

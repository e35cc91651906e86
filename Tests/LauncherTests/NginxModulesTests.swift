import Testing

@testable import Launcher

@Suite struct NginxModulesTests {
    @Test(arguments: [
        ("--with-http_ssl_module --with-http_v2_module", []), ("--with-http_ssl_module", ["http2"]),
        ("--with-http_v2_module", ["ssl"]), ("--with-http_realip_module", ["ssl", "http2"]),
    ])
    func `What listen asks for has to be compiled in`(_ options: String, _ missing: [String]) {
        let version = "nginx version: nginx/1.22.1\nconfigure arguments: --with-pcre \(options)\n"
        let secure = "server {\n    listen 0.0.0.0:443 default_server ssl http2;\n}\n"
        #expect(NginxModules.missing(in: version, for: secure) == missing)
        #expect(NginxModules.missing(in: version, for: "# ssl http2\nlisten 80 default_server;\n") == [])
    }
}

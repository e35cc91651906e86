import Launcher
import Logging
import Posts
import Web

/// Every setting, in the order of `--help`.
///
/// A new setting is one entry here. Its flag, its variable, its line in docs/settings.md, its variable in templates and
/// its property in ``Settings`` follow from the entry.
struct SettingsTable: Sendable {
    static let entries = SettingsTable()
    static let all = Mirror(reflecting: entries).children.compactMap { $0.value as? any AnySetting }

    let port = Setting<Int>(
        name: "PORT", flag: "port", section: .webServer, format: .port, default: .text("5000"), isInTemplates: true,
        meaning: "port that nginx listens on, 1 to 65535")

    let host = Setting<String>(
        name: "INSTACRAWLER_HOST", flag: "host", section: .webServer, format: .init(.host), default: .text("0.0.0.0"),
        isInTemplates: true, derivedVariables: { [TemplateVariable("INSTACRAWLER_ADDRESS", $0, .address)] },
        help: "Address that nginx listens on.",
        meaning: "address that nginx listens on: a full IPv4 address, an IPv6 address (`::1` or `[::1]`), or `*`; "
            + "`make run` uses `127.0.0.1`")

    let hashtags = Setting<[Hashtag]>(
        name: "INSTACRAWLER_HASHTAGS", flag: "hashtags", section: .posts,
        format: .init { text, _ in
            let parts = text.text.split(separator: ",", omittingEmptySubsequences: false)
            return try Settings.hashtags(parts, of: text, allowed: "hashtags separated by commas")
        },
        default: .text("golang"),
        meaning: "hashtags separated by commas, at most 30; `/latest` serves the first")

    let sources = Setting<[SourceSetting]>(
        name: "INSTACRAWLER_SOURCE", flag: "source", section: .posts,
        format: .init(SourceSetting.all), default: .text("sandbox"),
        help: "Where pictures come from; several, separated by commas.",
        discussion: "\(SourceKind.forms). HOST is a server of Mastodon or Pixelfed.",
        meaning: "`sandbox`, `instagram`, `mastodon:https://HOST` (Pixelfed too) or `flickr`; several, separated by "
            + "commas ([sources.md](sources.md))")

    let showsSensitive = Setting<Bool>(
        name: "INSTACRAWLER_SENSITIVE", flag: "sensitive", section: .posts,
        format: .init(allowed: "true or false", Parse.boolean), default: .text("false"),
        help: "Shows posts that their server marks as sensitive.",
        meaning: "`true` shows posts that their server marks as sensitive; the flag takes no value")

    let userID = Setting<String?>(
        name: "INSTAGRAM_USER_ID", section: .sources,
        format: .optional(
            .init(allowed: "at most 32 digits") { $0.utf8.count <= 32 && $0.utf8.allSatisfy(\.isDigit) ? $0 : nil }),
        default: .missing, meaning: "id of the professional account, for the source `instagram`; at most 32 digits")

    let accessToken = Setting<String?>(
        name: "INSTAGRAM_ACCESS_TOKEN", section: .sources,
        format: .optional(.token), default: .missing, secrets: { [Secret($0)] },
        meaning: "access token of that account, for the source `instagram`")

    let graphURL = Setting<String?>(
        name: "INSTAGRAM_GRAPH_URL", flag: "graph-url", section: .sources,
        format: .optional(.init(allowed: "an http or https address without a query", Parse.address)),
        default: .missing("`\(SourceSetting.instagramURL)`"),
        help: "Base address of the Graph API.",
        discussion:
            "With the source sandbox, the loopback address of a running sandbox; without it, a sandbox is started.",
        meaning: "base address of the Graph API; with the source `sandbox`, the loopback address of a running sandbox")

    let mastodonToken = Setting<String?>(
        name: "MASTODON_ACCESS_TOKEN", section: .sources,
        format: .optional(.token), default: .missing, secrets: MastodonTokens.secrets,
        meaning: "token for a server that requires one; with several servers `HOST=TOKEN`, separated by commas")

    let interval = Setting<Duration>(
        name: "INSTACRAWLER_INTERVAL", flag: "interval", section: .posts,
        format: .init(allowed: "1s to 24h, such as 90s, 5m or 2h") { text in
            Parse.duration(text).flatMap { (.seconds(1)...Duration.seconds(86_400)).contains($0) ? $0 : nil }
        },
        default: .computed("`5m`") { try $0.value(\.sources).allSatisfy(\.isSandbox) ? .seconds(3) : .seconds(300) },
        help: "Time between two crawls, such as 90s, 5m, 2h.",
        discussion: "If all sources are the sandbox, the default is 3s.",
        meaning: "time between two crawls of a hashtag, 1s to 24h, such as `90s`, `5m` or `2h`; the default is `3s` if "
            + "all sources are the sandbox")

    let data = Setting<String>(
        name: "INSTACRAWLER_DATA", flag: "data", section: .storage,
        format: .path, default: .computed("`var`") { _ in Paths.absolute("var") },
        meaning: "writable directory for persistent data")

    /// The file of the database; `nil` keeps posts in memory only.
    let database = Setting<String?>(
        name: "INSTACRAWLER_DATABASE", flag: "database", section: .storage,
        format: .init(allowed: "\(Parse.allowedPath), or :memory:") { text in
            text == ":memory:" ? .some(nil) : Parse.path(text).map { .some($0) }
        },
        default: .computed("`instacrawler.sqlite` in `INSTACRAWLER_DATA`") { reader in
            // The posts of a sandbox that this process starts are gone when the process ends.
            let startsSandboxes = try reader.value(\.sources).allSatisfy(\.startsSandbox)
            return startsSandboxes ? nil : "\(try reader.value(\.data))/instacrawler.sqlite"
        },
        help: "SQLite database, or :memory:.",
        discussion: "The default is :memory: while every source is a sandbox started by this process.",
        meaning: "SQLite file; `:memory:` keeps nothing, and is the default while every source is a sandbox started by "
            + "this process ([storage.md](storage.md))")

    let retention = Setting<Int>(
        name: "INSTACRAWLER_RETENTION", flag: "retention", section: .posts,
        format: .number(1...100_000), default: .text("1000"),
        meaning: "number of posts kept per hashtag, 1 to 100000")

    let runDirectory = Setting<String>(
        name: "INSTACRAWLER_RUN", flag: "run", section: .storage, format: .path,
        default: .computed("`var/run`") { _ in Paths.absolute("var/run") }, isInTemplates: true,
        help: "Writable directory for the files of the running service.",
        meaning: "[run directory](operations.md#the-run-directory): writable, used by one `up` and one user")

    let socket = Setting<String>(
        name: "INSTACRAWLER_SOCKET", flag: "socket", section: .storage,
        format: .init(.path, allowed: "\(Parse.allowedPath), at most 107 bytes when absolute") { text in
            Parse.path(text).flatMap { $0.utf8.count <= 107 ? $0 : nil }
        },
        default: .computed("`instacrawler.sock` in `INSTACRAWLER_RUN`", Settings.defaultSocket), isInTemplates: true,
        help: "Unix socket of the responder.", meaning: "Unix socket of the responder, at most 107 bytes when absolute")

    let nginxDirectory = Setting<String>(
        name: "INSTACRAWLER_NGINX", flag: "nginx", section: .webServer, format: .path,
        default: .computed("`nginx`, or the installed one") { _ in Paths.nginxDirectory() }, isInTemplates: true,
        meaning: "directory of the nginx templates")

    /// `nil` allows every visitor.
    let accessKey = Setting<AccessKey?>(
        name: "INSTACRAWLER_ACCESS_KEY", section: .access,
        format: .optional(.init(allowed: AccessKey.allowed) { AccessKey($0) }), default: .missing,
        derivedVariables: { [TemplateVariable("INSTACRAWLER_PRIVATE", $0 == nil ? "0" : "1", .number(0...1))] },
        secrets: { [Secret($0)] },
        meaning: "if set, all addresses except `/status` and `/health` "
            + "require it ([operations.md](operations.md#access)); 8 to 256 letters, digits and `- . _ ~ + / =`")

    let rateLimit = Setting<String>(
        name: "INSTACRAWLER_RATE_LIMIT", flag: "rate-limit", section: .webServer,
        format: .init(.rate, allowed: "off, or \(TemplateVariable.Kind.rate.allowed)") { text in
            // No client reaches the rate that stands for `off`.
            text == "off" ? "1000000r/s" : TemplateVariable.Kind.rate.value(of: text)
        },
        default: .text("50r/s"), isInTemplates: true,
        help: "Requests that nginx accepts from one network, such as 50r/s or 600r/m; or off.",
        meaning: "[requests](operations.md#limits) that nginx accepts from one network, such as `50r/s` or `600r/m`; "
            + "`off`")

    let rateBurst = Setting<Int>(
        name: "INSTACRAWLER_RATE_BURST", flag: "rate-burst", section: .webServer,
        format: .number(1...100_000), default: .text("200"), isInTemplates: true,
        meaning: "additional requests that a network may make at once, 1 to 100000")

    /// `nil` chooses the format that suits the output.
    let logFormat = Setting<LogFormat?>(
        name: "INSTACRAWLER_LOG_FORMAT", flag: "log-format", section: .logs,
        format: .optional(.choice(separator: " or ")), default: .missing("`text` on a terminal, else `json`"),
        meaning: "`text` or `json`")

    let frameAncestors = Setting<String>(
        name: "INSTACRAWLER_FRAME_ANCESTORS", flag: "frame-ancestors", section: .access,
        format: .init(
            allowed: "*, none, self, or origins separated by spaces, such as https://example.com https://*.example.org",
            FrameAncestors.parse),
        default: .text("*"),
        meaning: "sites that may frame the embeds: `*`, `none`, `self`, or origins separated by spaces")

    /// The file of the template of nginx's configuration.
    let template = Setting<String>(
        name: "INSTACRAWLER_PROXY", flag: "proxy", section: .webServer,
        format: .init(Settings.template), default: .text("nginx"),
        help: "nginx, microcache, tcp, tls, or a file.",
        discussion: "The configuration that `up` runs nginx with: NAME.conf.template in the directory of the nginx "
            + "templates, or any template; a file's name has a / in it.",
        meaning: "configuration that `up` runs nginx with: `nginx`, `microcache`, `tcp`, `tls`, or a file with a `/` "
            + "in its name ([proxies.md](proxies.md))")

    /// The networks of routers whose `X-Forwarded-For` and `X-Forwarded-Proto` nginx trusts, in CIDR notation.
    let trustedProxies = Setting<[String]>(
        name: "INSTACRAWLER_TRUSTED_PROXIES", flag: "trusted-proxies", section: .webServer,
        format: .init(allowed: "none, or networks separated by commas, such as 10.0.0.0/8,fd00::/8", Networks.parse),
        default: .computed("private networks") { _ in Networks.privateOnes }, derivedVariables: Networks.variables,
        help: "Networks of routers that nginx trusts; or none.",
        discussion:
            "In CIDR notation, separated by commas. nginx uses their X-Forwarded-For and X-Forwarded-Proto. The "
            + "configuration `tls` trusts no router.",
        meaning: "networks of routers that nginx trusts, such as `203.0.113.0/24,fd00::/8`; `none`")

    let responderHost = Setting<String>(
        name: "INSTACRAWLER_RESPONDER_HOST", flag: "responder-host", section: .webServer,
        format: .init(.peer), default: .text("127.0.0.1"), isInTemplates: true,
        meaning: "host of the responder, over TCP")

    let responderPort = Setting<Int>(
        name: "INSTACRAWLER_RESPONDER_PORT", flag: "responder-port", section: .webServer,
        format: .port, default: .text("9000"), isInTemplates: true, meaning: "port of the responder, over TCP")

    let standbyHost = Setting<String>(
        name: "INSTACRAWLER_STANDBY_HOST", flag: "standby-host", section: .webServer, format: .init(.peer),
        default: .computed("that of the responder") { try $0.value(\.responderHost) }, isInTemplates: true,
        meaning: "host of the standby responder")

    let standbyPort = Setting<Int>(
        name: "INSTACRAWLER_STANDBY_PORT", flag: "standby-port", section: .webServer, format: .port,
        default: .computed("that of the responder") { try $0.value(\.responderPort) }, isInTemplates: true,
        meaning: "port of the standby responder")

    let certificate = Setting<String?>(
        name: "INSTACRAWLER_CERTIFICATE", flag: "certificate", section: .webServer, format: .optional(.path),
        default: .missing, isInTemplates: true, meaning: "file of the certificates, for TLS")

    let certificateKey = Setting<String?>(
        name: "INSTACRAWLER_CERTIFICATE_KEY", flag: "certificate-key", section: .webServer, format: .optional(.path),
        default: .missing, isInTemplates: true, meaning: "file of their private key, for TLS")

    let program = Setting<String>(
        name: "INSTACRAWLER_PROGRAM", flag: "program", section: .webServer, format: .path,
        default: .computed("the running program") { _ in Paths.executable }, isInTemplates: true,
        meaning: "program, for templates of web servers that start it")

    let logLevel = Setting<Logger.Level>(
        name: "LOG_LEVEL", flag: "log-level", section: .logs, format: .choice(separator: ", "), default: .text("info"),
        meaning: "`trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`")
}

import Crawler
import Logging

/// All settings, read and checked.
struct Settings: Sendable {
    /// Where pictures come from.
    enum Source: Sendable {
        /// A sandbox; nil starts one.
        case sandbox(graphURL: String?)
        case instagram(graphURL: String, userID: String, accessToken: Secret)
    }

    var port: Int
    var host: String
    var hashtags: [Hashtag]
    var source: Source
    var interval: Duration
    var runDirectory: String
    var socket: String
    var nginxDirectory: String
    var logLevel: Logger.Level

    /// - Throws: ``SettingError`` for the first that is not allowed.
    init(_ reader: SettingsReader) throws {
        port = try reader.value(.port, default: 5_000, allowed: "1 to 65535", Parse.port)
        host = try reader.value(
            .host, default: "0.0.0.0", allowed: "an IPv4 address, an IPv6 address in brackets, or *", Parse.host)
        hashtags = try Self.hashtags(reader)
        source = try Self.source(reader)
        let defaultInterval: Duration = if case .sandbox = source { .seconds(3) } else { .seconds(300) }
        interval = try reader.value(
            .interval, default: defaultInterval, allowed: "1s to 24h, such as 90s, 5m or 2h"
        ) { Parse.duration($0).flatMap { (Duration.seconds(1)...Duration.seconds(86_400)).contains($0) ? $0 : nil } }
        let path = "a path without white space, quotes, ; { } $ # or control characters"
        runDirectory = try reader.value(.run, default: Paths.absolute("var/run"), allowed: path, Parse.path)
        socket = try reader.value(
            .socket, default: "\(runDirectory)/instacrawler.sock", allowed: "\(path), at most 107 bytes when absolute"
        ) { Parse.path($0).flatMap { $0.utf8.count <= 107 ? $0 : nil } }
        guard socket.utf8.count <= 107 else {
            throw SettingError(name: Setting.socket.rawValue, value: socket, allowed: "at most 107 bytes when absolute")
        }
        nginxDirectory = try reader.value(.nginx, default: Paths.nginxDirectory(), allowed: path, Parse.path)
        logLevel = try reader.value(
            .logLevel, default: .info, allowed: Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        ) { Logger.Level(rawValue: $0.lowercased()) }
    }

    private static func hashtags(_ reader: SettingsReader) throws -> [Hashtag] {
        let (text, name) = try reader.text(.hashtags) ?? ("golang", Setting.hashtags.rawValue)
        var hashtags: [Hashtag] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            do throws(HashtagError) {
                let hashtag = try Hashtag(part)
                if !hashtags.contains(hashtag) { hashtags.append(hashtag) }
            } catch {
                throw SettingError(name: name, value: text, allowed: "hashtags separated by commas; \(error)")
            }
        }
        guard hashtags.count <= 30 else {
            throw SettingError(name: name, value: text, allowed: "30 hashtags: Instagram allows no more in 7 days")
        }
        return hashtags
    }

    private static func source(_ reader: SettingsReader) throws -> Source {
        let address = try reader.value(
            .graphURL, default: String?.none, allowed: "an http or https address without a query"
        ) { Parse.address($0).map { .some($0) } }
        let name = try reader.value(.source, default: "sandbox", allowed: "sandbox or instagram") { text in
            ["sandbox", "instagram"].contains(text) ? text : nil
        }
        guard name == "instagram" else {
            if let address, !Parse.isLoopback(address) {
                throw SettingError(
                    name: Setting.graphURL.rawValue, value: address,
                    allowed: "an address on 127.0.0.1, [::1] or localhost while the source is sandbox")
            }
            return .sandbox(graphURL: address)
        }
        let reason = "what Instagram gave you, while the source is instagram"
        guard let userID = try reader.text(.userID)?.text else { throw SettingError.missing(.userID, because: reason) }
        guard userID.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw SettingError(name: Setting.userID.rawValue, value: userID, allowed: "digits")
        }
        guard let token = try reader.text(.accessToken)?.text else {
            throw SettingError.missing(.accessToken, because: reason)
        }
        return .instagram(
            graphURL: address ?? "https://graph.facebook.com/v23.0", userID: userID, accessToken: Secret(token))
    }
}

import Glibc
import Posts
import Testing

@testable import Storage

@Suite struct SQLiteStoreTests {
    private let directory = DatabaseDirectory()

    @Test func `What was stored is there after the next start`() async throws {
        do {
            let store = try SQLiteStore(path: directory.database)
            try await store.upsert((1...3).map { Post.sample($0) }, of: .golang)
            try await store.setSourceID("17", of: .golang, source: "instagram")
        }
        let store = try SQLiteStore(path: directory.database)
        #expect(try await store.posts(of: .golang) == [.sample(3), .sample(2), .sample(1)])
        #expect(try await store.sourceID(of: .golang, source: "instagram") == "17")
    }

    @Test func `Nothing is written when nothing differs`() async throws {
        let store = try SQLiteStore(path: directory.database)
        let posts = (1...50).map { Post.sample($0) }
        try await store.upsert(posts, of: .golang)
        let log = directory.read("test.sqlite-wal")
        for _ in 0..<20 { #expect(try await store.upsert(posts, of: .golang) == 0) }
        #expect(directory.read("test.sqlite-wal") == log)
    }

    @Test func `Statements are prepared once, however often they run`() async throws {
        let store = try SQLiteStore(path: directory.database, retention: 3)
        func work(_ numbers: Range<Int>) async throws -> [String: String] {
            for number in numbers {
                try await store.upsert([.sample(number)], of: .golang)
                try await store.setRecord(CrawlRecord(lastAttempt: Int64(number)), of: .golang, source: "a")
                _ = try await store.takeLease("crawler", holder: "a", for: .seconds(1), now: Int64(number))
                _ = try await (store.posts(of: .golang), store.revision(), store.record(of: .golang, source: "a"))
            }
            return await store.statements
        }
        let statements = try await work(0..<10)
        #expect(statements.count > 10)
        #expect(try await work(10..<20) == statements)
        #expect(try await store.posts(of: .golang) == (17...19).reversed().map { .sample($0) })
    }

    @Test func `Of a post that no hashtag keeps, no row is left`() async throws {
        let store = try SQLiteStore(path: directory.database, retention: 2)
        for number in 1...9 { try await store.upsert([.sample(number)], of: .golang) }
        let connection = try SQLiteConnection(path: directory.database)
        for (table, count) in [("posts", 2), ("memberships", 2), ("media", 2 * Post.sample(1).media.count)] {
            #expect(try connection.first("SELECT count(*) FROM \(table)") { $0.integer(0) } == Int64(count), "\(table)")
        }
    }

    @Test func `Another process's change shows in the revision and in the posts`() async throws {
        let (one, other) = (try SQLiteStore(path: directory.database), try SQLiteStore(path: directory.database))
        let revision = try await one.revision()
        try await other.upsert([.sample(1)], of: .golang)
        #expect(try await one.revision() != revision)
        #expect(try await one.posts(of: .golang) == [.sample(1)])
        #expect(try await one.takeLease("crawler", holder: "one", for: .seconds(30), now: 0))
        #expect(try await !other.takeLease("crawler", holder: "other", for: .seconds(30), now: 10))
    }

    @Test func `Others can read neither the file nor the directory that was made for it`() throws {
        let path = "\(directory.path)/made/for/it"
        defer { for name in ["/made/for/it", "/made/for", "/made"] { remove("\(directory.path)\(name)") } }
        do { _ = try SQLiteStore(path: path) }
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(stat("\(directory.path)/made", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    @Test func `A record that cannot be read is none`() async throws {
        let store = try SQLiteStore(path: directory.database)
        try SQLiteConnection(path: directory.database).execute("INSERT INTO crawls VALUES ('golang', 'a', '{\"x\":')")
        #expect(try await store.record(of: .golang, source: "a") == nil)
    }

    @Test func `Texts are kept to the byte, whatever is in them`() async throws {
        let store = try SQLiteStore(path: directory.database)
        let captions = ["'); DROP TABLE posts; --", "a\u{0}b", String(repeating: "é", count: 100_000), "", "\u{202E}x"]
        let posts = captions.enumerated().map { Post.sample($0.offset, caption: $0.element) }
        try await store.upsert(posts, of: .golang)
        #expect(try await store.posts(of: .golang).reversed().map(\.caption) == posts.map(\.caption))
    }

    @Test func `What a database holds beyond the limits is read within them`() async throws {
        let store = try SQLiteStore(path: directory.database)
        try await store.upsert([.sample(2)], of: .golang)
        let cluster = "a" + String(repeating: "\u{315}\u{327}", count: 100_000)
        let connection = try SQLiteConnection(path: directory.database)
        for number in ["9223372036854775807", "-9223372036854775808"] {
            try connection.execute(
                """
                UPDATE posts SET published_at = \(number), like_count = \(number), caption = '\(cluster)',
                    author_name = '\(cluster)', language = '\(cluster)';
                UPDATE media SET width = \(number), alt = '\(cluster)';
                INSERT OR REPLACE INTO searches VALUES ('instagram', 'a', 'golang', \(number));
                """)
            let post = try #require(try await store.posts(of: .golang).first)
            #expect(post.caption.unicodeScalars.count == 31 && post.author?.name == post.caption)
            #expect(abs(post.publishedAt) < 1_000_000_000_000 && post.language == nil && post.likeCount != .min)
            #expect(post.media.allSatisfy { $0.width == nil && ($0.alt?.utf8.count ?? 0) < 100 })
            let searches = try await store.searches(source: "instagram", account: "a", since: .min)
            #expect(searches.values.allSatisfy { abs($0) < 1_000_000_000_000 } && searches.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(10))) func `Opening has one deadline, however many locks it meets`() async throws {
        _ = try SQLiteStore(path: directory.database)
        let holder = try SQLiteConnection(path: directory.database)
        try holder.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
        let executor = DatabaseExecutor()
        let opening = Task { [path = directory.database] in
            try await executor.run {
                // Exclude the time before this thread starts.
                let start = ContinuousClock.now
                let error = #expect(throws: SQLiteError.self) {
                    try SQLiteStore(path: path, executor: executor, patience: .milliseconds(300))
                }
                #expect(error?.code == 5)
                return ContinuousClock.now - start
            }
        }
        let wait = try await opening.value
        #expect(wait >= .milliseconds(300))
        #expect(wait < .seconds(5), "less than one wait for a lock takes later")
    }
}

extension SQLiteStore {
    /// The addresses of the prepared statements by their SQL text.
    fileprivate var statements: [String: String] { connection.prepared.mapValues { "\($0)" } }
}

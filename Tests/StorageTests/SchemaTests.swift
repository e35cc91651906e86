import Testing

@testable import Storage

/// Migrations of the database.
@Suite struct SchemaTests {
    private let directory = DatabaseDirectory()

    @Test("A database of each earlier version is migrated")
    func earlier() async throws {
        for version in 0..<Schema.version {
            let path = "\(directory.path)/version-\(version)"
            do {
                let connection = try SQLiteConnection(path: path)
                for migration in Schema.migrations[..<version] { try connection.execute(migration) }
                try connection.execute("PRAGMA user_version = \(version)")
            }
            let store = try SQLiteStore(path: path)
            try await store.upsert([.sample(1)], of: .golang)
            #expect(try await store.posts(of: .golang) == [.sample(1)])
        }
    }

    @Test("A database of a newer version is refused and not changed")
    func newer() throws {
        do {
            let connection = try SQLiteConnection(path: directory.database)
            try connection.execute("CREATE TABLE things (x); PRAGMA user_version = 99")
        }
        let before = directory.read("test.sqlite")
        let error = #expect(throws: SQLiteError.self) { try SQLiteStore(path: directory.database) }
        #expect(error?.description == "it was written by a newer version of this program (99, not \(Schema.version))")
        #expect(directory.read("test.sqlite") == before)
        #expect(directory.names == ["test.sqlite"])
    }

    /// A migration after the existing ones.
    private static let next = "ALTER TABLE posts ADD COLUMN place TEXT; CREATE INDEX places ON posts (place)"

    private func version(_ connection: SQLiteConnection) throws -> Int64? {
        try connection.first("PRAGMA user_version") { $0.integer(0) ?? 0 }
    }

    @Test("A migration keeps the posts")
    func keeps() async throws {
        do { try await SQLiteStore(path: directory.database).upsert([.sample(1)], of: .golang) }
        let connection = try SQLiteConnection(path: directory.database)
        try Schema.prepare(connection, until: .now, by: Schema.migrations + [Self.next])
        #expect(try version(connection) == Int64(Schema.version + 1))
        #expect(try connection.rows("SELECT value, place FROM posts") { $0.text(0) } == ["1"])
        let error = #expect(throws: SQLiteError.self) { try SQLiteStore(path: directory.database) }
        #expect(error?.code == 0, "this version does not know the next")
    }

    @Test("A migration that fails changes nothing")
    func failure() async throws {
        do { try await SQLiteStore(path: directory.database).upsert([.sample(1)], of: .golang) }
        do {
            let connection = try SQLiteConnection(path: directory.database)
            #expect(throws: SQLiteError.self) {
                try Schema.prepare(connection, until: .now, by: Schema.migrations + [Self.next, "DROP TABLE nothing"])
            }
            #expect(try version(connection) == Int64(Schema.version))
        }
        #expect(try await SQLiteStore(path: directory.database).posts(of: .golang) == [.sample(1)])
    }

    @Test("If several processes find an old database, each migration runs once")
    func once() async throws {
        do { try await SQLiteStore(path: directory.database).upsert([.sample(1)], of: .golang) }
        try await withThrowingTaskGroup(of: Void.self) { [path = directory.database] group in
            for _ in 0..<8 {
                group.addTask {
                    try Schema.prepare(
                        SQLiteConnection(path: path), until: .now + .seconds(20),
                        by: Schema.migrations + [Self.next])
                }
            }
            try await group.waitForAll()
        }
        #expect(try version(SQLiteConnection(path: directory.database)) == Int64(Schema.version + 1))
    }
}

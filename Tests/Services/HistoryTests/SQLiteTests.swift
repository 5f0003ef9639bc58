import CSQLite
import Testing

@testable import History

/// What the rest of the history takes for granted.
@Suite("SQLite")
struct SQLiteTests {
    private func withDatabase(_ body: (Database) throws -> Void) async throws {
        try await withFolder { folder in try body(try Database(path: "\(folder)/a.db")) }
    }

    @Test("what is bound comes back from a column, and NULL for nil")
    func values() async throws {
        try await withDatabase { db in
            try db.script("CREATE TABLE t (n INTEGER PRIMARY KEY, i INTEGER, d REAL, s TEXT, b BLOB)")
            let texts = ["", "é\"';--", "a\u{0}b", String(repeating: "x", count: 100_000)]
            let blobs: [[UInt8]] = [[], [0], [1, 2, 255], [UInt8](repeating: 7, count: 100_000)]
            let numbers = [0, 1, Int.max, Int.min]
            for index in 0..<4 {
                try db.run(
                    "INSERT INTO t VALUES (?, ?, ?, ?, ?)", index, numbers[index], Double(numbers[index]) / 3, texts[index], blobs[index])
            }
            #expect(try db.all("SELECT i FROM t ORDER BY n") { try $0[0] } == numbers)
            #expect(try db.all("SELECT d FROM t ORDER BY n") { try $0[0] } == numbers.map { Double($0) / 3 })
            #expect(try db.all("SELECT s FROM t ORDER BY n") { try $0[0] } == texts)
            #expect(try db.all("SELECT b FROM t ORDER BY n") { try $0[0] } == blobs)
            try db.run(
                "INSERT INTO t VALUES (?, ?, ?, ?, ?)", 9, nil as Int?, nil as Double?, nil as String?, nil as [UInt8]?)
            #expect(try db.value("SELECT count(*) FROM t WHERE i IS NULL AND d IS NULL AND s IS NULL AND b IS NULL") == 1)
            #expect(try db.all("SELECT s FROM t WHERE n = ?", 9) { try $0[0] } == [nil as String?])
            // A real number without a fraction is one all the same.
            try db.run("UPDATE t SET d = ? WHERE n = 9", 12.0)
            #expect(try db.value("SELECT d FROM t WHERE n = 9") == 12.0)
        }
    }

    @Test("a column that has something else is an error that names it")
    func mismatch() async throws {
        try await withDatabase { db in
            try db.script("CREATE TABLE t (one, two); INSERT INTO t VALUES ('text', NULL)")
            let expected = DatabaseError(code: SQLITE_MISMATCH, message: "there is no Int in column one")
            #expect(throws: expected) { try db.all("SELECT * FROM t") { try $0[0] as Int } }
            #expect(throws: DatabaseError(code: SQLITE_MISMATCH, message: "there is no String in column two")) {
                try db.all("SELECT * FROM t") { try $0[1] as String }
            }
            #expect(throws: DatabaseError.self) { try db.all("SELECT * FROM t") { try $0[2] as String } }
            #expect(expected.isDamage)
        }
    }

    @Test("an error has SQLite's code and words")
    func errors() async throws {
        try await withDatabase { db in
            try db.script("CREATE TABLE t (n INTEGER PRIMARY KEY)")
            try db.run("INSERT INTO t VALUES (?)", 1)
            for _ in 0..<2 {
                #expect(throws: DatabaseError(code: 1555, message: "UNIQUE constraint failed: t.n")) {
                    try db.run("INSERT INTO t VALUES (?)", 1)
                }
            }
            // The statement is as good as before.
            try db.run("INSERT INTO t VALUES (?)", 2)
            #expect(throws: DatabaseError(code: SQLITE_ERROR, message: "no such table: nowhere")) { try db.run("SELECT * FROM nowhere") }
            #expect(throws: DatabaseError(code: SQLITE_RANGE, message: "column index out of range")) { try db.run("SELECT ?", 1, 2) }
        }
        #expect(throws: DatabaseError(code: SQLITE_CANTOPEN, message: "unable to open database file: Is a directory")) {
            try Database(path: "/tmp")
        }
    }

    /// By itself: with this closure within another one, Swift 6.3.1 crashes.
    private static func insert(_ numbers: [Int], into db: Database) throws {
        try db.transaction { for number in numbers { try db.run("INSERT INTO t VALUES (?)", number) } }
    }

    @Test("a transaction that fails leaves nothing behind, and the next one works")
    func transactions() async throws {
        try await withDatabase { db in
            try db.script("CREATE TABLE t (n INTEGER PRIMARY KEY)")
            #expect(throws: DatabaseError.self) { try Self.insert([1, 2, 1], into: db) }
            #expect(try db.value("SELECT count(*) FROM t") == 0)
            try Self.insert([1, 2, 3], into: db)
            #expect(try db.value("SELECT count(*) FROM t") == 3)
        }
    }

    @Test("who stops in the middle of the rows holds nobody up, and starts anew the next time")
    func stopping() async throws {
        try await withFolder { folder in
            let (one, other) = (try Database(path: "\(folder)/a.db"), try Database(path: "\(folder)/a.db"))
            try one.script("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER PRIMARY KEY)")
            for number in 0..<10 { try one.run("INSERT INTO t VALUES (?)", number) }
            for _ in 0..<2 {
                var seen: [Int] = []
                try one.each("SELECT n FROM t WHERE n >= ? ORDER BY n", [3]) { row in
                    seen.append(try row[0])
                    return seen.count < 2
                }
                #expect(seen == [3, 4])
            }
            // A reader that was still at it would be in the way of this.
            #expect(try other.all("PRAGMA wal_checkpoint(TRUNCATE)") { try $0[0] } == [0])
        }
    }
}

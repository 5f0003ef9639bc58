import CSQLite
import Glibc

/// One connection to a file of SQLite's. Blocking, and not for two threads at once. Nothing but this and `Statement` calls SQLite.
///
/// The text of a statement is a constant: what changes is bound to it, so nothing that is stored is ever taken for SQL.
final class Database {
    private let handle: OpaquePointer
    /// Each is prepared once. By the place of its text, which is in the program itself.
    private var statements: [UnsafePointer<UInt8>: Statement] = [:]

    /// Makes the file if there is none.
    init(path: String) throws {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            defer { sqlite3_close_v2(opened) }
            throw DatabaseError(code, opened)
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        // Somebody looks into it with sqlite3.
        sqlite3_busy_timeout(handle, 5000)
    }

    deinit {
        // First: a connection with statements is kept open.
        statements = [:]
        sqlite3_close_v2(handle)
    }

    // MARK: statements

    /// To its end, whatever rows it may have.
    func run(_ sql: StaticString, _ values: any DatabaseValue...) throws { try each(sql, values) { _ in true } }

    func all<R>(_ sql: StaticString, _ values: any DatabaseValue..., row: (Statement) throws -> R) throws -> [R] {
        var rows: [R] = []
        try each(sql, values) { statement in
            rows.append(try row(statement))
            return true
        }
        return rows
    }

    /// The first column of the first row. nil: it is NULL, or there is no row.
    func value<Value: DatabaseValue>(_ sql: StaticString, _ values: any DatabaseValue...) throws -> Value? {
        var value: Value?
        try each(sql, values) { statement in
            value = try statement[0]
            return false
        }
        return value
    }

    /// Row by row, until there are no more or `row` wants none.
    func each(_ sql: StaticString, _ values: [any DatabaseValue], row: (Statement) throws -> Bool) throws {
        let statement = try statement(sql)
        // One that isn't reset keeps what it has read from being overwritten in the log, for ever.
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() { guard try row(statement) else { return } }
    }

    /// Several statements, without values.
    func script(_ sql: StaticString) throws {
        let code = sqlite3_exec(handle, UnsafeRawPointer(sql.utf8Start).assumingMemoryBound(to: CChar.self), nil, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError(code, handle) }
    }

    /// All of it or nothing.
    func transaction(_ body: () throws -> Void) throws {
        try run("BEGIN IMMEDIATE")
        do {
            try body()
            try run("COMMIT")
        } catch {
            // After some errors, such as a full disk, SQLite has done so itself. If this fails, the next BEGIN says so.
            if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// Pages that are kept for the next reader.
    func releaseMemory() { sqlite3_db_release_memory(handle) }

    private func statement(_ sql: StaticString) throws -> Statement {
        if let statement = statements[sql.utf8Start] { return statement }
        let statement = try Statement(sql, handle)
        statements[sql.utf8Start] = statement
        return statement
    }
}

/// What SQLite says of a call that failed.
struct DatabaseError: Error, Equatable {
    /// An extended one, such as SQLITE_IOERR_WRITE.
    var code: Int32
    var message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// `handle`: the connection of the call, just after it.
    init(_ code: Int32, _ handle: OpaquePointer?) {
        var message = String(cString: handle.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
        if [SQLITE_CANTOPEN, SQLITE_IOERR].contains(code & 0xff), let handle {
            let number = sqlite3_system_errno(handle)
            if number != 0 { message += ": \(String(cString: strerror(number)))" }
        }
        self.init(code: code, message: message)
    }

    /// It will be the same at the next try, and the one after it.
    var isDamage: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_MISMATCH].contains(code & 0xff) }
}

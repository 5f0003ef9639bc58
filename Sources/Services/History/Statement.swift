import CSQLite

/// A prepared statement, and while it is at a row, that row.
final class Statement {
    private let handle: OpaquePointer

    private var database: OpaquePointer? { sqlite3_db_handle(handle) }

    init(_ sql: StaticString, _ database: OpaquePointer) throws {
        let text = UnsafeRawPointer(sql.utf8Start).assumingMemoryBound(to: CChar.self)
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(database, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw DatabaseError(code, database) }
        handle = prepared
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ values: [any DatabaseValue]) throws {
        for (index, value) in zip(Int32(1)..., values) {
            let code = value.bind(to: handle, at: index)
            guard code == SQLITE_OK else { throw DatabaseError(code, database) }
        }
    }

    /// False: there are no more rows.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw DatabaseError(code, database)
        }
    }

    func reset() {
        // What it returns is what `step` has thrown already.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// The column of that number, from 0.
    subscript<Value: DatabaseValue>(column: Int32) -> Value {
        get throws {
            if let value = Value.read(handle, column) { return value }
            let name = sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "\(column)"
            throw DatabaseError(code: SQLITE_MISMATCH, message: "there is no \(Value.self) in column \(name)")
        }
    }
}

/// What can be bound to a statement, and read from a column.
protocol DatabaseValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
    /// nil: the column has something else.
    static func read(_ statement: OpaquePointer, _ column: Int32) -> Self?
}

extension Int64: DatabaseValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }

    static func read(_ statement: OpaquePointer, _ column: Int32) -> Int64? {
        sqlite3_column_type(statement, column) == SQLITE_INTEGER ? sqlite3_column_int64(statement, column) : nil
    }
}

extension Int: DatabaseValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { Int64(self).bind(to: statement, at: index) }

    static func read(_ statement: OpaquePointer, _ column: Int32) -> Int? { Int64.read(statement, column).map { Int($0) } }
}

extension Double: DatabaseValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_double(statement, index, self) }

    static func read(_ statement: OpaquePointer, _ column: Int32) -> Double? {
        sqlite3_column_type(statement, column) == SQLITE_FLOAT ? sqlite3_column_double(statement, column) : nil
    }
}

extension String: DatabaseValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_text64(statement, index, self, UInt64(utf8.count), uplinkd_sqlite_transient(), UInt8(SQLITE_UTF8))
    }

    static func read(_ statement: OpaquePointer, _ column: Int32) -> String? {
        guard sqlite3_column_type(statement, column) == SQLITE_TEXT else { return nil }
        let bytes = UnsafeBufferPointer(start: sqlite3_column_text(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8]: DatabaseValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_blob64(statement, index, self, UInt64(count), uplinkd_sqlite_transient())
    }

    static func read(_ statement: OpaquePointer, _ column: Int32) -> [UInt8]? {
        guard sqlite3_column_type(statement, column) == SQLITE_BLOB else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
        return [UInt8](bytes)
    }
}

extension Optional: DatabaseValue where Wrapped: DatabaseValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        self?.bind(to: statement, at: index) ?? sqlite3_bind_null(statement, index)
    }

    static func read(_ statement: OpaquePointer, _ column: Int32) -> Wrapped?? {
        if sqlite3_column_type(statement, column) == SQLITE_NULL { return .some(nil) }
        return Wrapped.read(statement, column).map { .some($0) }
    }
}

/// Milliseconds since 1970.
extension Moment: DatabaseValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { milliseconds.bind(to: statement, at: index) }

    static func read(_ statement: OpaquePointer, _ column: Int32) -> Moment? {
        Int64.read(statement, column).map { Moment(milliseconds: $0) }
    }
}

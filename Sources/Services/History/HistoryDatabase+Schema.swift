extension HistoryDatabase {
    /// Each step is for ever: a change is a step more. A file that knows a step that isn't here was made by a later version, and is refused.
    private static let steps: [(name: String, sql: StaticString)] = [
        (
            "1: events, conditions, reports",
            """
            -- Times are milliseconds since 1970.
            CREATE TABLE run (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last_id INTEGER NOT NULL, span INTEGER NOT NULL);
            CREATE TABLE span (start INTEGER PRIMARY KEY, end INTEGER NOT NULL);
            CREATE TABLE event (
                run INTEGER NOT NULL, id INTEGER NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL, wan TEXT,
                message TEXT NOT NULL, details TEXT, PRIMARY KEY (run, id));
            CREATE INDEX event_time ON event (time);
            CREATE TABLE condition (
                time INTEGER NOT NULL, wan TEXT NOT NULL, health TEXT NOT NULL, fault TEXT, loss REAL, round_trip REAL);
            CREATE INDEX condition_time ON condition (time);
            CREATE TABLE report (id TEXT PRIMARY KEY, time INTEGER NOT NULL, json TEXT NOT NULL);
            CREATE INDEX report_time ON report (time);
            """
        ),
        (
            "2: samples",
            """
            -- Probes to one target by one WAN; `time` is the start of an hour, `block` is packed by SampleBlock.
            CREATE TABLE stream (id INTEGER PRIMARY KEY, wan TEXT NOT NULL, target TEXT NOT NULL, UNIQUE (wan, target));
            CREATE TABLE sample (time INTEGER NOT NULL, stream INTEGER NOT NULL, block BLOB NOT NULL, PRIMARY KEY (time, stream));
            -- How a WAN's interface is from then on: 0 ready, 1 no gateway, 2 no carrier, 3 absent.
            CREATE TABLE link (
                time INTEGER NOT NULL, wan TEXT NOT NULL, state INTEGER NOT NULL, PRIMARY KEY (time, wan)) WITHOUT ROWID;
            -- The times in which no probe is missing.
            CREATE TABLE recorded (start INTEGER PRIMARY KEY, end INTEGER NOT NULL);
            """
        ),
        (
            "3: codes",
            """
            -- Of events: what they tell, for programs. NULL: of a daemon that had none.
            ALTER TABLE event ADD COLUMN code TEXT;
            """
        ),
    ]

    /// The steps that a file has are in a table that is named after the library that made the first files: the older program reads ours, too.
    func migrate() throws {
        try db.run("CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        let done = try db.all("SELECT identifier FROM grdb_migrations") { try $0[0] as String }
        guard Set(done).isSubset(of: Self.steps.map(\.name)) else { throw HistoryError.later(path: path) }
        for step in Self.steps where !done.contains(step.name) {
            try db.transaction {
                try db.script(step.sql)
                try db.run("INSERT INTO grdb_migrations VALUES (?)", step.name)
            }
        }
    }
}

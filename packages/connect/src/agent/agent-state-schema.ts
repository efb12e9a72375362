/** Number of the schema; a file with another one is not touched. */
export const schemaVersion = 1;

/** The tables of the agent's state. Times are milliseconds since 1970; GUIDs are lower-case text. */
export const schema = `
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE parameters (
  connector TEXT NOT NULL,
  position INTEGER NOT NULL,
  parameter TEXT NOT NULL,
  PRIMARY KEY (connector, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE password_channels (
  connector TEXT NOT NULL,
  domain TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (connector, domain)
) STRICT, WITHOUT ROWID;

CREATE TABLE password_queue (
  connector TEXT NOT NULL,
  domain TEXT NOT NULL,
  object_guid TEXT NOT NULL,
  dn TEXT NOT NULL,
  status TEXT NOT NULL,
  dormant INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  PRIMARY KEY (connector, domain, object_guid)
) STRICT, WITHOUT ROWID;

CREATE TABLE password_log (
  id INTEGER PRIMARY KEY,
  connector TEXT NOT NULL,
  object_guid TEXT NOT NULL,
  anchor TEXT,
  dn TEXT NOT NULL,
  at INTEGER NOT NULL,
  status TEXT NOT NULL,
  changed_at TEXT,
  detail TEXT
) STRICT;
CREATE INDEX password_log_of_object ON password_log (connector, object_guid, id);
CREATE INDEX password_log_by_time ON password_log (at);
`;

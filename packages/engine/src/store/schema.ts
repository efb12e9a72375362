/**
 * Version of the layout below. A database of another version is put aside and rebuilt: nothing lives only in it.
 */
export const schemaVersion = 1;

/**
 * Tables of the engine. Texts of attributes are JSON objects of arrays of texts.
 *
 * - `connectors`: one a forest, and the tenant's. `ready` once everything has been imported, synchronized and exported.
 * - `partitions`: a domain of a forest, or the tenant. `cursor` is where a delta import goes on; null: a full one is due.
 *   `generation` numbers full imports; objects that the last one did not see are gone. `last_run` is the last run that imported it.
 * - `cs`: the connector spaces. A row that is not `live` is a placeholder: something refers to it, or it is to be exported. `dirty`
 *   is a pending import: the row differs from what was synchronized last; `links_dirty` says so of its references alone. `since` is
 *   the run that found it, `path` its distinguished name from the root, in lower case.
 * - `names`: account and principal names of users, in lower case.
 * - `links`: references from one object of a connector space to another, as last imported.
 * - `mv`: the metaverse; `mv_keys` are the values that joins search by, in lower case.
 * - `exports`: what the tenant is to have and has not confirmed; `sent` after the directory has accepted it.
 * - `member_exports`: the same of single members of groups; `adding` 0 takes the member away.
 * - `scope_names`: GUIDs of units and groups that filters name, so that they are known when they are renamed.
 * - `runs`: the run history. `meta`: what is known about the database as a whole.
 */
export const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE connectors (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, identifier TEXT NOT NULL, created_at TEXT NOT NULL,
  full_import_required INTEGER NOT NULL DEFAULT 0, full_sync_required INTEGER NOT NULL DEFAULT 0, ready INTEGER NOT NULL DEFAULT 0);
CREATE TABLE partitions (
  id INTEGER PRIMARY KEY, connector INTEGER NOT NULL, name TEXT NOT NULL, identifier TEXT NOT NULL DEFAULT '',
  dn TEXT NOT NULL DEFAULT '', netbios_name TEXT NOT NULL DEFAULT '', cursor TEXT, attributes TEXT NOT NULL DEFAULT '',
  generation INTEGER NOT NULL DEFAULT 0, imported INTEGER NOT NULL DEFAULT 0, imported_at TEXT, last_run INTEGER NOT NULL DEFAULT 0,
  UNIQUE (connector, name));
CREATE TABLE cs (
  id INTEGER PRIMARY KEY, connector INTEGER NOT NULL, partition INTEGER, live INTEGER NOT NULL DEFAULT 0, mv INTEGER,
  dirty INTEGER NOT NULL DEFAULT 0, links_dirty INTEGER NOT NULL DEFAULT 0, password_sync INTEGER NOT NULL DEFAULT 0,
  seen INTEGER NOT NULL DEFAULT 0, since INTEGER NOT NULL DEFAULT 0, key TEXT NOT NULL, type TEXT NOT NULL DEFAULT '', source TEXT,
  digest TEXT, error TEXT, dn TEXT NOT NULL DEFAULT '', path TEXT NOT NULL DEFAULT '', attributes TEXT NOT NULL DEFAULT '{}',
  UNIQUE (connector, key));
CREATE INDEX cs_live ON cs (connector) WHERE live = 1;
CREATE INDEX cs_mv ON cs (mv, connector, id) WHERE mv IS NOT NULL;
CREATE INDEX cs_dirty ON cs (connector, id) WHERE dirty = 1;
CREATE INDEX cs_links_dirty ON cs (id) WHERE links_dirty = 1;
CREATE INDEX cs_path ON cs (connector, path) WHERE live = 1;
CREATE INDEX cs_unlinked ON cs (connector, type) WHERE mv IS NULL AND live = 1;
CREATE INDEX cs_errors ON cs (connector) WHERE error IS NOT NULL;
CREATE TABLE names (value TEXT NOT NULL, cs INTEGER NOT NULL, PRIMARY KEY (value, cs)) WITHOUT ROWID;
CREATE INDEX names_cs ON names (cs);
CREATE TABLE links (
  cs INTEGER NOT NULL, attribute TEXT NOT NULL, target INTEGER NOT NULL, PRIMARY KEY (cs, attribute, target)) WITHOUT ROWID;
CREATE INDEX links_target ON links (target, attribute);
CREATE TABLE mv (id INTEGER PRIMARY KEY, type TEXT NOT NULL, attributes TEXT NOT NULL);
CREATE TABLE mv_keys (
  attribute TEXT NOT NULL, value TEXT NOT NULL, mv INTEGER NOT NULL, PRIMARY KEY (attribute, value, mv)) WITHOUT ROWID;
CREATE INDEX mv_keys_mv ON mv_keys (mv);
CREATE TABLE exports (
  cs INTEGER PRIMARY KEY, operation TEXT NOT NULL, attributes TEXT NOT NULL DEFAULT '{}', reason TEXT NOT NULL DEFAULT '',
  sent INTEGER NOT NULL DEFAULT 0, allowed INTEGER NOT NULL DEFAULT 0, error TEXT);
CREATE INDEX exports_sent ON exports (sent, cs);
CREATE TABLE member_exports (
  cs INTEGER NOT NULL, target INTEGER NOT NULL, adding INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (cs, target)) WITHOUT ROWID;
CREATE INDEX member_exports_sent ON member_exports (sent, cs);
CREATE INDEX member_exports_target ON member_exports (target);
CREATE TABLE scope_names (connector INTEGER NOT NULL, dn TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (connector, dn)) WITHOUT ROWID;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, connector TEXT NOT NULL, run_profile TEXT NOT NULL, result TEXT NOT NULL, started_at TEXT NOT NULL,
  ended_at TEXT, counts TEXT NOT NULL DEFAULT '{}', errors TEXT NOT NULL DEFAULT '[]');
`;

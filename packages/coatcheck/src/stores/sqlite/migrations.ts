// Written by `npm run migrations` from the files in packages/coatcheck/migrations/sqlite: change those.

export const SQLITE_SESSION_MIGRATIONS: readonly { readonly version: number; readonly sql: string }[] = [
  {
    version: 1,
    sql: `-- Times are milliseconds since the Unix epoch. Digests are SHA-256 in base64url: nothing in here opens a session.

CREATE TABLE coatcheck_sessions (
  user_key TEXT NOT NULL,
  session_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  idle_deadline INTEGER NOT NULL,
  absolute_deadline INTEGER NOT NULL,
  version INTEGER NOT NULL,
  remembered INTEGER NOT NULL,
  lineage_digest TEXT NOT NULL,
  csrf_key TEXT NOT NULL,
  current_digest TEXT NOT NULL,
  current_issued_at INTEGER NOT NULL,
  current_authenticated_at INTEGER,
  pending TEXT,                     -- JSON: the secret on its way
  grace TEXT,                       -- JSON: up to two secrets in grace
  methods TEXT NOT NULL,            -- JSON
  device TEXT NOT NULL,             -- JSON
  data TEXT NOT NULL,               -- JSON: the application's own
  expires_at INTEGER NOT NULL AS (min(idle_deadline, absolute_deadline)) VIRTUAL,
  PRIMARY KEY (user_key, session_id)
) STRICT;

CREATE INDEX coatcheck_sessions_by_expiry ON coatcheck_sessions (expires_at);

-- A value that is new with every revoke-all of the user. Kept while a login that began before it may still arrive.
CREATE TABLE coatcheck_fences (
  user_key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  valid_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX coatcheck_fences_by_age ON coatcheck_fences (valid_until);

-- Ids of removed sessions that an insert still under way must not bring back.
CREATE TABLE coatcheck_tombstones (
  user_key TEXT NOT NULL,
  session_id TEXT NOT NULL,
  buried_until INTEGER NOT NULL,
  PRIMARY KEY (user_key, session_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX coatcheck_tombstones_by_age ON coatcheck_tombstones (buried_until);

-- What was removed, for the other processes on this file. AUTOINCREMENT: an id is never used twice, so none is missed.
CREATE TABLE coatcheck_removals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_key TEXT NOT NULL,
  session_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  removed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX coatcheck_removals_by_age ON coatcheck_removals (removed_at);

-- Which version the tables are of, not in user_version: the file may be the application's, too. This file says so itself,
-- for those who apply it by a tool of their own.
CREATE TABLE IF NOT EXISTS coatcheck_schema (version INTEGER NOT NULL) STRICT;

INSERT INTO coatcheck_schema (version) VALUES (1);
`,
  },
];

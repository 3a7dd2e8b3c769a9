// Written by `npm run migrations` from the files in apps/gateway/migrations: change those.

export const SQLITE_ACCOUNT_MIGRATIONS: readonly { readonly version: number; readonly sql: string }[] = [
  {
    version: 1,
    sql: `-- Accounts, and what belongs to logging in to them. Times are milliseconds since the Unix epoch.

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  -- In its one stored spelling (trimmed, NFC, lower case), so that unique means one mailbox, one account.
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- argon2id, as a PHC string.
  password_hash TEXT NOT NULL,
  disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  created_at INTEGER NOT NULL,
  password_changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Written in one transaction with a changed credential; removed once the sessions of before have ended.
CREATE TABLE pending_revocations (
  user_id TEXT PRIMARY KEY REFERENCES accounts (id),
  id TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('credentials_changed', 'user_disabled')),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Browsers in which an account has logged in. A digest opens nothing: the token is in the browser alone.
CREATE TABLE known_devices (
  token_digest TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES accounts (id),
  issued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX known_devices_by_user ON known_devices (user_id, issued_at);
CREATE INDEX known_devices_by_expiry ON known_devices (expires_at);

-- Failed logins, counted by digests: no address that was typed is kept here.
CREATE TABLE login_failures (
  kind TEXT NOT NULL CHECK (kind IN ('address', 'account_from_address', 'account', 'trusted')),
  key TEXT NOT NULL,
  failures INTEGER NOT NULL CHECK (failures > 0),
  last_failure_at INTEGER NOT NULL,
  -- When time has forgiven them all; null where it never does.
  forgiven_at INTEGER,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX login_failures_by_forgiveness ON login_failures (forgiven_at) WHERE forgiven_at IS NOT NULL;

-- The order in which counts are dropped when there are too many.
CREATE INDEX login_failures_by_weight ON login_failures (kind, failures, last_failure_at);

-- Facts about this database as a whole, such as that it is a demo's.
CREATE TABLE gateway_facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
  },
  {
    version: 2,
    sql: `-- What routes and signed access need. Times are milliseconds since the Unix epoch.

-- A JSON array of texts.
ALTER TABLE accounts ADD COLUMN roles TEXT NOT NULL DEFAULT '[]';

CREATE TABLE signing_keys (
  -- The key's thumbprint (RFC 7638).
  kid TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('identity', 'passes')),
  -- A private JSON Web Key, or a JWE of one where the operator gave a key to encrypt it by.
  private_key TEXT NOT NULL,
  is_encrypted INTEGER NOT NULL CHECK (is_encrypted IN (0, 1)),
  public_jwk TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  signs_from INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions that may have passes left, by digest, until the last of them has expired.
CREATE TABLE pass_sessions (
  session_digest TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX pass_sessions_by_expiry ON pass_sessions (expires_at);

-- Sessions that have ended, for as long as a pass of theirs could still be good.
CREATE TABLE ended_sessions (
  session_digest TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ended_sessions_by_expiry ON ended_sessions (expires_at);

-- One row. \`sequence\` grows with everything that voids passes.
CREATE TABLE pass_revocations (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL,
  issued_before INTEGER NOT NULL
) STRICT;

INSERT INTO pass_revocations (id, sequence, issued_before) VALUES (1, 0, 0);
`,
  },
  {
    version: 3,
    sql: `-- What happened, for operators who ask later. Times are milliseconds since the Unix epoch.

CREATE TABLE audit_events (
  -- In the order of writing, and never used again: a reader that follows the log asks for what came after.
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Random. The same event written twice is there once.
  id TEXT NOT NULL UNIQUE,
  occurred_at INTEGER NOT NULL,
  event TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('success', 'failure')),
  actor_id TEXT,
  user_id TEXT,
  session_id TEXT,
  client_address TEXT,
  user_agent TEXT,
  request_id TEXT,
  -- A JSON object.
  detail TEXT NOT NULL
) STRICT;

CREATE INDEX audit_events_by_time ON audit_events (occurred_at);

CREATE INDEX audit_events_by_user ON audit_events (user_id, position);

CREATE INDEX audit_events_by_actor ON audit_events (actor_id, position);

CREATE INDEX audit_events_by_event ON audit_events (event, position);
`,
  },
  {
    version: 4,
    sql: `-- How many of the failures are attempts whose password is still being checked: what finds the count full of those alone
-- waits for them. They stop counting as such 30 seconds after the last of them: its process may have died.
ALTER TABLE login_failures ADD COLUMN undecided INTEGER NOT NULL DEFAULT 0 CHECK (undecided >= 0);
`,
  },
];

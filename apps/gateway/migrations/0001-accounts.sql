-- Accounts, and what belongs to logging in to them. Times are milliseconds since the Unix epoch.

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

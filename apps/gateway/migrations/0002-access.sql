-- What routes and signed access need. Times are milliseconds since the Unix epoch.

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

-- One row. `sequence` grows with everything that voids passes.
CREATE TABLE pass_revocations (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL,
  issued_before INTEGER NOT NULL
) STRICT;

INSERT INTO pass_revocations (id, sequence, issued_before) VALUES (1, 0, 0);

-- What routes and signed access need. Times are milliseconds since the Unix epoch.

ALTER TABLE coatcheck_accounts ADD COLUMN roles text[] NOT NULL DEFAULT '{}';

CREATE TABLE coatcheck_signing_keys (
  -- The key's thumbprint (RFC 7638).
  kid text PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('identity', 'passes')),
  -- A private JSON Web Key, or a JWE of one where the operator gave a key to encrypt it by.
  private_key text NOT NULL,
  is_encrypted boolean NOT NULL,
  public_jwk text NOT NULL,
  published_at bigint NOT NULL,
  signs_from bigint NOT NULL
);

-- Sessions that may have passes left, by digest, until the last of them has expired.
CREATE TABLE coatcheck_pass_sessions (
  session_digest text PRIMARY KEY,
  expires_at bigint NOT NULL
);

CREATE INDEX coatcheck_pass_sessions_by_expiry ON coatcheck_pass_sessions (expires_at);

-- Sessions that have ended, for as long as a pass of theirs could still be good.
CREATE TABLE coatcheck_ended_sessions (
  session_digest text PRIMARY KEY,
  expires_at bigint NOT NULL
);

CREATE INDEX coatcheck_ended_sessions_by_expiry ON coatcheck_ended_sessions (expires_at);

-- One row. `sequence` grows with everything that voids passes.
CREATE TABLE coatcheck_pass_revocations (
  id integer PRIMARY KEY CHECK (id = 1),
  sequence bigint NOT NULL,
  issued_before bigint NOT NULL
);

INSERT INTO coatcheck_pass_revocations (id, sequence, issued_before) VALUES (1, 0, 0);

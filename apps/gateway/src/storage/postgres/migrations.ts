// Written by `npm run migrations` from the files in apps/gateway/migrations/postgres: change those.

export const POSTGRES_ACCOUNT_MIGRATIONS: readonly { readonly version: number; readonly sql: string }[] = [
  {
    version: 1,
    sql: `-- Accounts, and what belongs to logging in to them. Times are milliseconds since the Unix epoch. The names begin with
-- the program's: an application's own tables may be in the same database. Text that is sorted or compared by range is
-- collated "C": by its bytes, on every server alike.

CREATE TABLE coatcheck_accounts (
  id text PRIMARY KEY,
  -- In its one stored spelling (trimmed, NFC, lower case), so that unique means one mailbox, one account.
  email text COLLATE "C" NOT NULL UNIQUE,
  name text NOT NULL,
  -- argon2id, as a PHC string.
  password_hash text NOT NULL,
  disabled boolean NOT NULL,
  created_at bigint NOT NULL,
  password_changed_at bigint NOT NULL
);

-- Written in one transaction with a changed credential; removed once the sessions of before have ended.
CREATE TABLE coatcheck_pending_revocations (
  user_id text PRIMARY KEY REFERENCES coatcheck_accounts (id),
  id text NOT NULL,
  reason text NOT NULL CHECK (reason IN ('credentials_changed', 'user_disabled')),
  created_at bigint NOT NULL
);

-- Browsers in which an account has logged in. A digest opens nothing: the token is in the browser alone.
CREATE TABLE coatcheck_known_devices (
  token_digest text PRIMARY KEY,
  user_id text NOT NULL REFERENCES coatcheck_accounts (id),
  issued_at bigint NOT NULL,
  expires_at bigint NOT NULL
);

CREATE INDEX coatcheck_known_devices_by_user ON coatcheck_known_devices (user_id, issued_at);
CREATE INDEX coatcheck_known_devices_by_expiry ON coatcheck_known_devices (expires_at);

-- Failed logins, counted by digests: no address that was typed is kept here.
CREATE TABLE coatcheck_login_failures (
  kind text NOT NULL CHECK (kind IN ('address', 'account_from_address', 'account', 'trusted')),
  key text COLLATE "C" NOT NULL,
  failures integer NOT NULL CHECK (failures > 0),
  last_failure_at bigint NOT NULL,
  -- When time has forgiven them all; null where it never does.
  forgiven_at bigint,
  PRIMARY KEY (kind, key)
);

CREATE INDEX coatcheck_login_failures_by_forgiveness ON coatcheck_login_failures (forgiven_at)
  WHERE forgiven_at IS NOT NULL;

-- The order in which counts are dropped when there are too many.
CREATE INDEX coatcheck_login_failures_by_weight ON coatcheck_login_failures (kind, failures, last_failure_at);
`,
  },
  {
    version: 2,
    sql: `-- What routes and signed access need. Times are milliseconds since the Unix epoch.

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

-- One row. \`sequence\` grows with everything that voids passes.
CREATE TABLE coatcheck_pass_revocations (
  id integer PRIMARY KEY CHECK (id = 1),
  sequence bigint NOT NULL,
  issued_before bigint NOT NULL
);

INSERT INTO coatcheck_pass_revocations (id, sequence, issued_before) VALUES (1, 0, 0);
`,
  },
  {
    version: 3,
    sql: `-- Every node hears of each account that changed, because nodes may hold copies. Triggers tell them, so that a change
-- that an operator makes by hand is told too.

CREATE FUNCTION coatcheck_tell_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('coatcheck_account_changes', OLD.id);
  RETURN NULL;
END
$$;

CREATE TRIGGER coatcheck_tell_account_change AFTER UPDATE OR DELETE ON coatcheck_accounts
  FOR EACH ROW EXECUTE FUNCTION coatcheck_tell_account_change();

CREATE FUNCTION coatcheck_tell_pending_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('coatcheck_account_changes', NEW.user_id);
  RETURN NULL;
END
$$;

CREATE TRIGGER coatcheck_tell_pending_revocation AFTER INSERT OR UPDATE ON coatcheck_pending_revocations
  FOR EACH ROW EXECUTE FUNCTION coatcheck_tell_pending_revocation();
`,
  },
  {
    version: 4,
    sql: `-- What happened, for operators who ask later. Times are milliseconds since the Unix epoch.

CREATE TABLE coatcheck_audit_events (
  -- In the order of writing: a reader that follows the log asks for what came after.
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Random. The same event written twice is there once.
  id text NOT NULL UNIQUE,
  occurred_at bigint NOT NULL,
  event text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('success', 'failure')),
  actor_id text,
  user_id text,
  session_id text,
  client_address text,
  user_agent text,
  request_id text,
  detail jsonb NOT NULL
);

CREATE INDEX coatcheck_audit_events_by_time ON coatcheck_audit_events (occurred_at);

CREATE INDEX coatcheck_audit_events_by_user ON coatcheck_audit_events (user_id, position);

CREATE INDEX coatcheck_audit_events_by_actor ON coatcheck_audit_events (actor_id, position);

CREATE INDEX coatcheck_audit_events_by_event ON coatcheck_audit_events (event, position);
`,
  },
  {
    version: 5,
    sql: `-- How many of the failures are attempts whose password is still being checked: what finds the count full of those alone
-- waits for them. They stop counting as such 30 seconds after the last of them: its process may have died.
ALTER TABLE coatcheck_login_failures ADD COLUMN undecided integer NOT NULL DEFAULT 0 CHECK (undecided >= 0);
`,
  },
];

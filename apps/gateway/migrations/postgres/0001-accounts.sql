-- Accounts, and what belongs to logging in to them. Times are milliseconds since the Unix epoch. The names begin with
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

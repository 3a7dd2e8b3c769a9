// Written by `npm run migrations` from the files in packages/coatcheck/migrations/postgres: change those.

export const POSTGRES_SESSION_MIGRATIONS: readonly { readonly version: number; readonly sql: string }[] = [
  {
    version: 1,
    sql: `-- Times are milliseconds since the Unix epoch. Digests are SHA-256 in base64url: nothing in here opens a session.
-- Every operation touches the rows of one user, so that the tables can be partitioned by user: /*partitioned*/ stands
-- for nothing, or for PARTITION BY HASH (user_key).

CREATE TABLE coatcheck_sessions (
  user_key text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  user_id text NOT NULL,
  created_at bigint NOT NULL,
  last_seen_at bigint NOT NULL,
  idle_deadline bigint NOT NULL,
  absolute_deadline bigint NOT NULL,
  version integer NOT NULL,
  remembered boolean NOT NULL,
  lineage_digest text NOT NULL,
  csrf_key text NOT NULL,
  current_digest text NOT NULL,
  current_issued_at bigint NOT NULL,
  current_authenticated_at bigint,
  pending text,                     -- JSON: the secret on its way
  grace text,                       -- JSON: up to two secrets in grace
  methods text NOT NULL,            -- JSON
  device text NOT NULL,             -- JSON
  data text NOT NULL,               -- JSON: the application's own; as text, because jsonb refuses what JSON allows
  PRIMARY KEY (user_key, session_id)
) /*partitioned*/;

CREATE INDEX coatcheck_sessions_by_expiry ON coatcheck_sessions (least(idle_deadline, absolute_deadline));

-- A value that is new with every revoke-all of the user. Kept while a login that began before it may still arrive. A
-- row without a value is no fence: it is there to be locked, so that a user's logins and revoke-alls take turns.
CREATE TABLE coatcheck_fences (
  user_key text COLLATE "C" PRIMARY KEY,
  value text,
  valid_until bigint NOT NULL
) /*partitioned*/;

CREATE INDEX coatcheck_fences_by_age ON coatcheck_fences (valid_until);

-- Ids of removed sessions that an insert still under way must not bring back.
CREATE TABLE coatcheck_tombstones (
  user_key text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  buried_until bigint NOT NULL,
  PRIMARY KEY (user_key, session_id)
) /*partitioned*/;

CREATE INDEX coatcheck_tombstones_by_age ON coatcheck_tombstones (buried_until);

-- Which version the tables are of. This file says so itself, for those who apply it by a tool of their own.
CREATE TABLE IF NOT EXISTS coatcheck_schema (version integer NOT NULL);

INSERT INTO coatcheck_schema (version) VALUES (1);
`,
  },
];

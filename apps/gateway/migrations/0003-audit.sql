-- What happened, for operators who ask later. Times are milliseconds since the Unix epoch.

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

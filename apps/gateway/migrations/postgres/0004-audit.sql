-- What happened, for operators who ask later. Times are milliseconds since the Unix epoch.

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

-- Every module's schema has these three tables; the bus and the idempotency keys live in them.

-- Events waiting to be delivered. Rows are deleted on delivery, so the table stays small.
create table outbox (
  id              bigint generated always as identity primary key,
  event_id        uuid        not null unique default gen_random_uuid(),
  event           text        not null,
  data            jsonb       not null,
  created_at      timestamptz not null default now(),
  attempts        integer     not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error      text,
  -- Set when the last attempt failed: the event waits for an operator and no longer blocks the queue.
  dead_at         timestamptz
);
create index outbox_due on outbox (next_attempt_at, id) where dead_at is null;

-- Events already handled, written in the handler's own transaction: at-least-once becomes exactly one effect.
create table inbox (
  handler    text        not null,
  event_id   uuid        not null,
  handled_at timestamptz not null default now(),
  primary key (handler, event_id)
);
create index inbox_age on inbox (handled_at);

-- Requests that acted under an idempotency key, written in the transaction of their effect.
create table idempotency_keys (
  scope        text        not null,
  key          text        not null,
  request_hash bytea       not null,
  response     jsonb,
  created_at   timestamptz not null default now(),
  primary key (scope, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- down
drop table idempotency_keys;
drop table inbox;
drop table outbox;

-- The tables of webhooks in the schema of a module that has some. `if not exists`: links made the same tables itself,
-- before other modules could have webhooks.
create table if not exists webhooks (
  id                   uuid        primary key,
  owner_id             uuid        not null,
  url                  text        not null,
  description          text        not null,
  events               text[]      not null,
  -- Sealed (platform/secrets). The previous secret goes on signing for a while, so that receivers can change.
  secret               bytea       not null,
  old_secret           bytea,
  old_secret_until     timestamptz,
  -- When the current row of failed attempts began; null after a success.
  failing_since        timestamptz,
  disabled_at          timestamptz,
  disabled_reason      text        check (disabled_reason in ('owner', 'gone', 'failing')),
  -- Messages that found the queue full.
  dropped              integer     not null default 0,
  version              integer     not null default 1,
  created_at           timestamptz not null,
  updated_at           timestamptz not null
);
create index if not exists webhooks_of_owner on webhooks (owner_id, created_at);

-- One message to one webhook. The id is the webhook-id header: receivers recognise repeats by it.
create table if not exists webhook_deliveries (
  id           uuid        primary key,
  webhook_id   uuid        not null references webhooks on delete cascade,
  event        text        not null,
  body         text        not null check (octet_length(body) <= 65536),
  state        text        not null check (state in ('pending', 'delivered', 'failed')),
  attempts     integer     not null default 0,
  due_at       timestamptz not null,
  -- Used by releases that delivered without jobs; a later migration drops it.
  leased_until timestamptz,
  created_at   timestamptz not null
);
create index if not exists webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) where state = 'pending';
create index if not exists webhook_deliveries_of_webhook on webhook_deliveries (webhook_id, id desc);
create index if not exists webhook_deliveries_by_age on webhook_deliveries (created_at);

create table if not exists webhook_attempts (
  delivery_id uuid        not null references webhook_deliveries on delete cascade,
  attempt     integer     not null,
  at          timestamptz not null,
  duration_ms integer     not null,
  -- Null when there was no answer; error then says why.
  status      integer,
  error       text,
  response    text        not null,
  primary key (delivery_id, attempt)
);

-- down
drop table if exists webhook_attempts;
drop table if exists webhook_deliveries;
drop table if exists webhooks;

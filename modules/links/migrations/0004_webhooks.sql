create table webhooks (
  id                   uuid        primary key,
  owner_id             uuid        not null,
  url                  text        not null,
  description          text        not null,
  events               text[]      not null,
  -- Sealed (platform/secrets). The one before goes on signing until its time is over, so that receivers can change.
  secret               bytea       not null,
  old_secret           bytea,
  old_secret_until     timestamptz,
  -- Since when every attempt has failed; null after a success.
  failing_since        timestamptz,
  disabled_at          timestamptz,
  disabled_reason      text        check (disabled_reason in ('owner', 'gone', 'failing')),
  -- Messages that found the queue full.
  dropped              integer     not null default 0,
  version              integer     not null default 1,
  created_at           timestamptz not null,
  updated_at           timestamptz not null
);
create index webhooks_of_owner on webhooks (owner_id, created_at);

-- One message to one webhook. The id is the webhook-id header: receivers tell repeats by it.
create table webhook_deliveries (
  id           uuid        primary key,
  webhook_id   uuid        not null references webhooks on delete cascade,
  event        text        not null,
  body         text        not null check (octet_length(body) <= 65536),
  state        text        not null check (state in ('pending', 'delivered', 'failed')),
  attempts     integer     not null default 0,
  due_at       timestamptz not null,
  -- Somebody is sending it until then.
  leased_until timestamptz,
  created_at   timestamptz not null
);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) where state = 'pending';
create index webhook_deliveries_of_webhook on webhook_deliveries (webhook_id, id desc);
create index webhook_deliveries_by_age on webhook_deliveries (created_at);

create table webhook_attempts (
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

-- Clicks waiting to be told of together: one message per webhook and ten seconds, however many clicks.
create table webhook_clicks (
  webhook_id uuid        not null references webhooks on delete cascade,
  link_id    uuid        not null,
  clicks     integer     not null,
  bots       integer     not null,
  first_at   timestamptz not null,
  last_at    timestamptz not null,
  primary key (webhook_id, link_id)
);

-- down
drop table webhook_clicks;
drop table webhook_attempts;
drop table webhook_deliveries;
drop table webhooks;

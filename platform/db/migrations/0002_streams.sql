-- Live streams (platform/realtime): where each log ends. The lock on this row orders a stream's writers.
create table streams (
  name     text   primary key,
  -- Random; another one means that the log was replaced, and positions in the old one are worthless.
  epoch    text   not null,
  last_seq bigint not null
) with (fillfactor = 50);

-- The logs: append-only, `seq` from 1 without gaps.
create table stream_events (
  stream   text        not null,
  seq      bigint      not null,
  id       uuid        not null,
  type     text        not null,
  body     jsonb       not null,
  from_id  uuid,
  cmid     text,
  at       timestamptz not null default clock_timestamp(),
  primary key (stream, seq)
);
-- For erasing a person.
create index stream_events_from on stream_events (from_id) where from_id is not null;

-- Up to where each device's numbered sends into a stream have been carried out.
create table stream_turns (
  user_id  uuid        not null,
  device   text        not null,
  stream   text        not null,
  last_csn bigint      not null,
  used_at  timestamptz not null default now(),
  primary key (user_id, device, stream)
);
create index stream_turns_age on stream_turns (used_at);

-- down
drop table stream_turns;
drop table stream_events;
drop table streams;

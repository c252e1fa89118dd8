create table links (
  id            uuid        primary key,
  -- Null for links made without signing in, and for example links nobody has taken over yet.
  owner_id      uuid,
  -- As shown. Lookups and uniqueness go by code_key: lower case, confusable characters folded (rules.ts).
  code          text        not null,
  code_key      text        not null,
  url           text        not null,
  title         text,
  tags          text[]      not null default '{}',
  expires_at    timestamptz,
  -- Set once the expiry by date was announced.
  expired_at    timestamptz,
  clicks_max    integer     check (clicks_max > 0),
  -- Counted one by one only when clicks_max is set; the check is what makes the limit exact.
  clicks_used   integer     not null default 0,
  password_hash text,
  is_example    boolean     not null default false,
  version       integer     not null default 1,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  -- A deleted link keeps its row, emptied, so that its code is never given to anyone else.
  deleted_at    timestamptz,
  constraint links_code_key_unique unique (code_key),
  constraint links_clicks_within_limit check (clicks_max is null or clicks_used <= clicks_max)
);
-- The owner's list, newest first, by keyset.
create index links_of_owner on links (owner_id, created_at desc, id desc) where deleted_at is null;
-- What the expiry job looks for.
create index links_expiring on links (expires_at)
  where expires_at is not null and expired_at is null and deleted_at is null;
create index links_examples on links (is_example) where is_example and deleted_at is null;

-- Clicks per quarter of an hour: the coarsest grain from which a day can be summed in every time zone in use.
create table click_counts (
  link_id uuid        not null,
  bucket  timestamptz not null,
  clicks  integer     not null,
  bots    integer     not null,
  primary key (link_id, bucket)
);

create table click_totals (
  link_id         uuid        primary key,
  clicks          bigint      not null,
  bots            bigint      not null,
  last_clicked_at timestamptz not null
);

-- How far each click journal has been counted; moved in the transaction that counts.
create table journal_positions (
  journal_id uuid    primary key,
  segment    bigint  not null,
  "offset"   bigint  not null
);

-- down
drop table journal_positions;
drop table click_totals;
drop table click_counts;
drop table links;

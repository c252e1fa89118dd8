-- Rules, split test, fallback, app address, preview card (contracts/src/links/routing.ts); null: always leads to url.
alter table links add column routing jsonb;
alter table links add column has_public_stats boolean not null default false;

-- One row per link and UTC day, read, merged and written whole (click-store.ts says why not a row per value).
create table click_days (
  link_id  uuid    not null,
  day      date    not null,
  clicks   integer not null,
  bots     integer not null,
  -- {"country": {"DE": 3, …}, …}; at most 100 values each, then "(other)".
  breakdowns jsonb not null,
  visitors integer not null,
  -- The set behind `visitors` (visitor-sketch.ts), forgotten two days later.
  sketch   bytea,
  primary key (link_id, day)
);
create index click_days_with_sketch on click_days (day) where sketch is not null;

-- What visitors are hashed with. Forgotten when the day is over: then nobody can tell any more whose hash it was.
create table visitor_salts (
  day  date  primary key,
  salt bytea not null
);

-- down
drop table visitor_salts;
drop table click_days;
alter table links drop column has_public_stats;
alter table links drop column routing;

-- Whether a proven host still is its owner's is looked at once a day.
alter table domains add column looked_at timestamptz;
-- When the proof was first not found; null while it is.
alter table domains add column missing_since timestamptz;
create index domains_to_look_at on domains (coalesce(looked_at, verified_at)) where verified_at is not null;

-- down
drop index domains_to_look_at;
alter table domains drop column missing_since;
alter table domains drop column looked_at;

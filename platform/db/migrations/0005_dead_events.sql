-- Dead events are counted for /metrics and listed for operators while the outbox may be long.
create index outbox_dead on outbox (id) where dead_at is not null;

-- down
drop index outbox_dead;

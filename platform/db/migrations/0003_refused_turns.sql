-- The last sends of a device that were refused for good and used their number up: a client that lost the answer asks
-- again under the same number, and must hear the same, although by now the send might pass.
alter table stream_turns add column refused jsonb not null default '[]';

-- down
alter table stream_turns drop column refused;

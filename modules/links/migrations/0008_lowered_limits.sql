-- A click limit may be set below what was taken already: the link is over then, and what was taken stays known for when
-- the limit is raised again. No click is taken beyond a limit by the statement that takes it.
alter table links drop constraint links_clicks_within_limit;

-- down
update links set clicks_used = clicks_max where clicks_used > clicks_max;
alter table links add constraint links_clicks_within_limit check (clicks_max is null or clicks_used <= clicks_max);

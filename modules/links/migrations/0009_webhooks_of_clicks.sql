-- Asked with every batch of clicks, four times a second: does any webhook want clicks at all, and whose?
create index webhooks_of_clicks on webhooks (owner_id)
  where disabled_at is null and events @> array['link.clicked'];

-- down
drop index webhooks_of_clicks;

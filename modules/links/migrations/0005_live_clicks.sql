-- Links somebody looks at just now. While one is watched its last clicks are kept here, so that a page hears of them
-- whichever process counted them; nothing is written for the others. Unlogged: after a crash nobody is looking.
create unlogged table click_watches (
  link_id uuid        primary key,
  until   timestamptz not null,
  -- [{"at", "country", "device", "referrer", "variant"}, …], newest first.
  recent  jsonb       not null default '[]'
);

-- down
drop table click_watches;

-- utm parameters under a name. A link has its own copy in its address: nothing points here.
create table utm_templates (
  id         uuid        primary key,
  owner_id   uuid        not null,
  name       text        not null,
  -- {"source", "medium", "campaign", "term", "content"}, those that are set.
  utm        jsonb       not null,
  created_at timestamptz not null
);
create unique index utm_templates_name_of_owner on utm_templates (owner_id, lower(name));

-- down
drop table utm_templates;

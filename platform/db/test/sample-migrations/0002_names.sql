alter table things add name text;

-- down
alter table things drop name;

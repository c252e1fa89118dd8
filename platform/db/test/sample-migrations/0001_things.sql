create table things (id integer primary key, value integer not null default 0);

-- down
drop table things;

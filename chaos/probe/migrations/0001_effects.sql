-- One row per effect of an event, without any constraint: a second effect must be seen, not refused.

create table effects (
  n       bigint generated always as identity primary key,
  event   text not null,
  subject uuid not null
);

-- down
drop table effects;

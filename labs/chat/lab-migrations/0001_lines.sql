-- The two usual ways to number what is said.
create table lines_by_serial (
  id   bigserial primary key,
  room text      not null
);
create index lines_by_serial_in_order on lines_by_serial (room, id);

create table lines_by_time (
  id   uuid        primary key,
  room text        not null,
  at   timestamptz not null default clock_timestamp()
);
create index lines_by_time_in_order on lines_by_time (room, at);

-- down
drop table lines_by_time;
drop table lines_by_serial;

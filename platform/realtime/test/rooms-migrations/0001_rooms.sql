create table members (
  room    text not null,
  user_id uuid not null,
  primary key (room, user_id)
);

-- down
drop table members;

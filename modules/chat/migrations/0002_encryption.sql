-- Where the MLS group of an encrypted room stands, and what the next device needs to join it. Public to members only.
create table groups (
  room_id    uuid   primary key references rooms on delete cascade,
  epoch      bigint not null,
  -- Null after somebody in it was erased, until a device has moved the group on without them.
  group_info bytea
);

-- A member's own copies of messages, sealed on their device with their recovery key.
create table history_copies (
  user_id uuid   not null,
  room_id uuid   not null references rooms on delete cascade,
  seq     bigint not null,
  sealed  bytea  not null,
  primary key (user_id, room_id, seq)
);

-- By which a device tells whether a recovery key is the right one.
create table recovery_checks (
  user_id    uuid        primary key,
  "check"    bytea       not null,
  created_at timestamptz not null default now()
);

-- down
drop table recovery_checks;
drop table history_copies;
drop table groups;

-- Uploads that have begun, in the schema of each module that has some. `if not exists`: chat made the same tables
-- itself, before other modules could have uploads. A module whose uploads belong to an object of its own makes
-- `uploads` in its own migration, with a column for that object.
create table if not exists uploads (
  id         uuid        primary key,
  owner_id   uuid        not null,
  name       text        not null,
  size_bytes bigint      not null,
  -- How much has arrived.
  arrived    bigint      not null default 0 check (arrived <= size_bytes),
  created_at timestamptz not null
);
create index if not exists uploads_of_owner on uploads (owner_id);
create index if not exists uploads_oldest on uploads (created_at);

-- The bytes of a part are in storage as uploads/<upload_id>/<part_id>.
create table if not exists upload_parts (
  upload_id  uuid   not null references uploads on delete cascade,
  starts_at  bigint not null,
  part_id    uuid   not null,
  size_bytes bigint not null,
  primary key (upload_id, starts_at)
);

-- down
drop table if exists upload_parts;
drop table if exists uploads;

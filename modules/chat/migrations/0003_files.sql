-- Bytes lie in storage under the id: files/<id>, thumbs/<id>, and on their way incoming/<id>. The row comes before
-- the bytes and goes after them, so there is never a byte that no row knows; and what is ready has its bytes.
create table files (
  id            uuid        primary key,
  room_id       uuid        references rooms on delete set null,
  owner_id      uuid        not null,
  message_id    uuid,
  place         integer     not null default 0,
  state         text        not null check (state in ('arriving', 'ready', 'gone')),
  -- Pictures of previews belong to the message too, and are not shown among its files.
  is_preview    boolean     not null default false,
  name          text        not null,
  content_type  text        not null default 'application/octet-stream',
  size_bytes    bigint      not null default 0,
  sha256        text,
  width         integer,
  height        integer,
  has_thumbnail boolean     not null default false,
  created_at    timestamptz not null,
  constraint files_ready check (state <> 'ready' or sha256 is not null)
);
create index files_of_message on files (message_id, place) where message_id is not null;
create index files_of_owner on files (owner_id, created_at desc);
create index files_of_room on files (room_id) where room_id is not null;
-- What the sweeper looks for.
create index files_to_sweep on files (created_at) where message_id is null or room_id is null or state <> 'ready';

create table uploads (
  id         uuid        primary key,
  room_id    uuid        references rooms on delete set null,
  owner_id   uuid        not null,
  name       text        not null,
  size_bytes bigint      not null,
  -- How much has arrived.
  arrived    bigint      not null default 0 check (arrived <= size_bytes),
  created_at timestamptz not null
);
create index uploads_of_owner on uploads (owner_id);
create index uploads_oldest on uploads (created_at);
create index uploads_of_room on uploads (room_id) where room_id is not null;

create table upload_parts (
  upload_id  uuid   not null references uploads on delete cascade,
  starts_at  bigint not null,
  part_id    uuid   not null,
  size_bytes bigint not null,
  primary key (upload_id, starts_at)
);

create table previews (
  message_id    uuid        primary key references messages on delete cascade,
  url           text        not null,
  title         text        not null,
  description   text        not null,
  site_name     text        not null,
  image_file_id uuid
);

-- down
drop table previews;
drop table upload_parts;
drop table uploads;
drop table files;

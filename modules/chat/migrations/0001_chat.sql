create table rooms (
  id              uuid        primary key,
  kind            text        not null check (kind in ('channel', 'direct')),
  visibility      text        not null check (visibility in ('public', 'private')),
  -- Null in direct conversations.
  name            text,
  -- Lower case; the names of public rooms are unique by it.
  name_key        text,
  topic           text        not null default '',
  -- The sorted ids of all members of a direct conversation: there is one conversation per set of people.
  direct_key      text,
  is_encrypted    boolean     not null default false,
  is_example      boolean     not null default false,
  member_count    integer     not null default 0 check (member_count >= 0),
  created_by      uuid,
  created_at      timestamptz not null,
  last_message_at timestamptz,
  version         integer     not null default 1,
  constraint rooms_named check ((kind = 'direct') = (name is null) and (kind = 'direct') = (direct_key is not null)),
  constraint rooms_encrypted_private check (not is_encrypted or visibility = 'private')
);
create unique index rooms_public_name on rooms (name_key) where visibility = 'public';
create unique index rooms_direct on rooms (direct_key) where direct_key is not null;
-- Browsing: public rooms, the largest first.
create index rooms_to_browse on rooms (member_count desc, id desc) where visibility = 'public' and kind = 'channel';
create index rooms_examples on rooms (id) where is_example;

-- One row per member. Receipts are two cursors here and not a row per message and reader.
create table members (
  room_id       uuid        not null references rooms on delete cascade,
  user_id       uuid        not null,
  role          text        not null check (role in ('member', 'moderator', 'owner')),
  notify        text        not null default 'all' check (notify in ('all', 'mentions', 'nothing')),
  joined_at     timestamptz not null,
  muted_until   timestamptz,
  delivered_seq bigint      not null default 0,
  read_seq      bigint      not null default 0,
  primary key (room_id, user_id)
);
create index members_rooms on members (user_id, room_id);
create index members_in_order on members (room_id, joined_at, user_id);
create index members_owners on members (room_id) where role = 'owner';
-- Of large rooms only those who read last are shown.
create index members_readers on members (room_id, read_seq desc);

create table bans (
  room_id   uuid        not null references rooms on delete cascade,
  user_id   uuid        not null,
  reason    text        not null,
  banned_by uuid,
  banned_at timestamptz not null,
  primary key (room_id, user_id)
);
create index bans_newest on bans (room_id, banned_at desc, user_id desc);

create table invitations (
  id         uuid        primary key,
  room_id    uuid        not null references rooms on delete cascade,
  -- SHA-256 of the token in the link.
  token_hash bytea       not null unique,
  created_by uuid        not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  uses_left  integer     not null check (uses_left >= 0)
);
create index invitations_of_room on invitations (room_id, created_at desc, id desc);

-- Every cmid ever used and what it stood for, kept as long as the message: a repeat, however late, says nothing twice.
create table sends (
  author_id  uuid  not null,
  cmid       text  not null,
  body_hash  bytea not null,
  message_id uuid  not null,
  primary key (author_id, cmid)
);
create index sends_of_message on sends (message_id);

-- Messages as they stand now. What happened to them, and in which order, is in the room's stream.
create table messages (
  id            uuid        primary key,
  room_id       uuid        not null references rooms on delete cascade,
  seq           bigint      not null,
  author_id     uuid        not null,
  cmid          text        not null,
  -- Empty when deleted; ciphertext in encrypted rooms.
  body          text        not null,
  created_at    timestamptz not null,
  edited_at     timestamptz,
  deleted_at    timestamptz,
  reply_to_id   uuid,
  thread_id     uuid,
  reply_count   integer     not null default 0,
  last_reply_at timestamptz,
  mentions      uuid[]      not null default '{}',
  pinned_at     timestamptz,
  is_searchable boolean     not null,
  words         tsvector    generated always as (case when is_searchable then to_tsvector('simple', body) end) stored,
  constraint messages_in_order unique (room_id, seq)
);
create index messages_of_thread on messages (thread_id, seq) where thread_id is not null;
create index messages_of_author on messages (author_id, created_at desc);
create index messages_by_time on messages (room_id, created_at);
create index messages_words on messages using gin (words);
create index messages_pinned on messages (room_id, pinned_at desc) where pinned_at is not null;

create table reactions (
  message_id uuid        not null references messages on delete cascade,
  emoji      text        not null,
  user_id    uuid        not null,
  at         timestamptz not null,
  primary key (message_id, emoji, user_id)
);
create index reactions_of_user on reactions (user_id);

-- Who was mentioned where; what of it is unread is a range scan from the read cursor.
create table mentions (
  user_id    uuid   not null,
  room_id    uuid   not null references rooms on delete cascade,
  seq        bigint not null,
  primary key (user_id, room_id, seq)
);

create table moderation (
  id         uuid        primary key,
  room_id    uuid        not null references rooms on delete cascade,
  action     text        not null,
  actor_id   uuid,
  subject_id uuid,
  message_id uuid,
  detail     text        not null,
  at         timestamptz not null
);
create index moderation_newest on moderation (room_id, at desc, id desc);

-- down
drop table moderation;
drop table mentions;
drop table reactions;
drop table messages;
drop table sends;
drop table invitations;
drop table bans;
drop table members;
drop table rooms;

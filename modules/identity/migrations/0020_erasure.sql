-- Accounts on their way out. The row goes when every module has erased; erased_subjects is what remains.
create table erasures (
  id           uuid        primary key,
  -- No foreign key: identity's own part of the work deletes the account.
  user_id      uuid        not null unique,
  -- waiting: may be taken back by signing in. frozen: nobody gets in, what was under way ends. erasing: modules work.
  state        text        not null default 'waiting' check (state in ('waiting', 'frozen', 'erasing')),
  requested_at timestamptz not null,
  -- When the state may move on; while erasing, when to ask again those who have not answered.
  due_at       timestamptz not null
);
create index erasures_due on erasures (due_at);

-- Which modules have done their part of an erasure or an export.
create table privacy_answers (
  request_id  uuid        not null,
  module      text        not null,
  answered_at timestamptz,
  primary key (request_id, module)
);

-- Who was erased, by a hash: a backup from before that is restored brings people back, and this sends them out again.
create table erased_subjects (
  id_hash   bytea       primary key check (octet_length(id_hash) = 32),
  erased_at timestamptz not null,
  -- When it was written outside the database too.
  kept_at   timestamptz
);
create index erased_subjects_unkept on erased_subjects (id_hash) where kept_at is null;

-- Archives of what Octet keeps of a person, made for them.
create table exports (
  id            uuid        primary key,
  user_id       uuid        not null references users on delete cascade,
  -- collecting: modules write their parts. packing: the parts become one file.
  state         text        not null default 'collecting' check (state in ('collecting', 'packing', 'ready', 'failed')),
  requested_at  timestamptz not null,
  -- Unfinished by then it has failed; finished, its file goes then.
  expires_at    timestamptz not null,
  size_bytes    bigint,
  -- SHA-256 of the token in the newest link; emptied by the download it is good for.
  link_hash     bytea       unique
);
create unique index exports_one_at_a_time on exports (user_id) where state in ('collecting', 'packing');
create index exports_of_user on exports (user_id, requested_at desc);
create index exports_expiring on exports (expires_at);

-- down
drop table exports;
drop table erased_subjects;
drop table privacy_answers;
drop table erasures;

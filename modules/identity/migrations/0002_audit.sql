-- What happened to an account, in order, for its owner to read. Each row's hash covers the row and the hash before it.
create table audit_log (
  user_id       uuid        not null references users on delete cascade,
  seq           bigint      not null,
  at            timestamptz not null,
  action        text        not null,
  by            text        not null check (by in ('self', 'administrator', 'system')),
  -- Network, not the address; as in sessions.
  address       text        not null,
  user_agent    text        not null,
  -- Flat: names to texts, numbers and truth values. Never a secret.
  details       jsonb       not null,
  -- Somebody else this concerns. The chain covers only a salted digest, so that the person can be forgotten.
  other_user_id uuid        references users on delete set null,
  other_salt    bytea,
  other_digest  bytea,
  hash          bytea       not null,
  primary key (user_id, seq)
);
create index audit_log_others on audit_log (other_user_id) where other_user_id is not null;
create index audit_log_old on audit_log (at);

-- Where each chain ends, and where it begins since old rows were let go. Also the lock under which a chain grows.
create table audit_heads (
  user_id   uuid   primary key references users on delete cascade,
  seq       bigint not null default 0,
  hash      bytea  not null default '',
  base_seq  bigint not null default 0,
  base_hash bytea  not null default '',
  -- Keyed digest of all of the above by a key that is not in this database: who can only write here cannot make it.
  seal      bytea  not null default ''
);

-- Keys of the module itself, each made once.
create table module_keys (
  name  text  primary key,
  value bytea not null
);

-- down
drop table module_keys;
drop table audit_heads;
drop table audit_log;

create table users (
  id             uuid        primary key,
  username       text        not null,
  -- Uniqueness and lookup go by this: lower case, confusable characters folded (rules.ts, usernameKey).
  username_key   text        not null,
  display_name   text        not null,
  -- As typed; email_key is lower case.
  email          text        not null,
  email_key      text        not null,
  email_verified boolean     not null default false,
  -- Argon2id in PHC form. Null: no password (a later way to sign in, or an erased account).
  password_hash  text,
  roles          text[]      not null default '{user}',
  preferences    jsonb       not null default '{}',
  -- Grows when rights change: tokens that carry a smaller number are refused. A counter and not a time, because clocks
  -- of processes differ and a time in a token has whole seconds.
  access_version integer     not null default 1,
  version        integer     not null default 1,
  created_at     timestamptz not null default clock_timestamp(),
  updated_at     timestamptz not null default clock_timestamp(),
  constraint users_username_unique unique (username_key),
  constraint users_roles_known
    check (cardinality(roles) > 0 and roles <@ array['user', 'premium', 'moderator', 'admin'])
);
-- An address counts once it is verified. Before that several accounts may claim it, so that sign-up tells nobody
-- whether an address is known.
create unique index users_verified_email on users (email_key) where email_verified;
-- Sign-in by address takes the verified account, else the oldest.
create index users_by_email on users (email_key, created_at);
-- The administrators' list, newest first, and its search by the start of the name.
create index users_newest on users (created_at desc, id desc);
create index users_by_name_start on users (lower(username) collate "C");
create index users_admins on users (id) where 'admin' = any(roles);

-- One row per signed-in device, not one per token.
create table sessions (
  id                  uuid        primary key,
  user_id             uuid        not null references users on delete cascade,
  kind                text        not null check (kind in ('web', 'api')),
  -- web: SHA-256 of the cookie's 256 random bits.
  cookie_hash         bytea       unique,
  -- api: the newest refresh token is (id, refresh_counter) signed with refresh_key; see the README.
  refresh_counter     bigint,
  refresh_key         bytea,
  refreshed_at        timestamptz,
  -- Answers given to tokens older than the previous one, since refreshed_at.
  grace_answers       integer     not null default 0,
  -- Each use moves idle_expires_at this far ahead, never beyond absolute_expires_at.
  idle_seconds        integer     not null,
  idle_expires_at     timestamptz not null,
  absolute_expires_at timestamptz not null,
  user_agent          text        not null,
  -- Network, not the address: 203.0.113.0/24, 2001:db8:1::/48.
  address_prefix      text        not null,
  created_at          timestamptz not null default clock_timestamp(),
  last_seen_at        timestamptz not null default clock_timestamp(),
  revoked_at          timestamptz,
  revoke_reason       text        check (revoke_reason in ('logout', 'signed-out', 'replaced', 'replayed')),
  constraint sessions_credential check (
    (kind = 'web' and cookie_hash is not null and refresh_key is null)
    or (kind = 'api' and cookie_hash is null and refresh_key is not null and refresh_counter is not null)),
  constraint sessions_revoked_why check ((revoked_at is null) = (revoke_reason is null))
);
create index sessions_of_user on sessions (user_id, last_seen_at desc, id desc);
create index sessions_ended on sessions (least(idle_expires_at, coalesce(revoked_at, absolute_expires_at)));

-- What every process must hear within a second. Read again and again from the last horizon on (revocations.ts).
create table revocations (
  txid       xid8        not null default pg_current_xact_id(),
  kind       text        not null check (kind in ('session', 'user')),
  subject    uuid        not null,
  -- user: tokens with a smaller access_version are refused. session: 0.
  version    integer     not null default 0,
  -- When no access token that this row concerns can be alive any more.
  expires_at timestamptz not null
);
create index revocations_news on revocations (txid);
create index revocations_old on revocations (expires_at);

-- Keys that sign access tokens, shared by all processes on this database.
create table signing_keys (
  kid         text        primary key,
  public_jwk  jsonb       not null,
  private_jwk jsonb       not null,
  created_at  timestamptz not null default clock_timestamp(),
  -- Published at once, used from here on: verifiers elsewhere learn a key before they meet it.
  not_before  timestamptz not null default clock_timestamp(),
  -- No longer signs; still verifies until the tokens it signed have died.
  retired_at  timestamptz
);

-- One-time links for the first administrator; only hashes are kept.
create table setup_tokens (
  token_hash bytea       primary key,
  expires_at timestamptz not null,
  used_at    timestamptz
);

-- down
drop table setup_tokens;
drop table signing_keys;
drop table revocations;
drop table sessions;
drop table users;

-- A shared secret with the person's authenticator app (RFC 6238), sealed; counts from its confirmation on.
create table totp_secrets (
  user_id      uuid        primary key references users on delete cascade,
  secret       bytea       not null,
  created_at   timestamptz not null default clock_timestamp(),
  confirmed_at timestamptz,
  -- The newest time step a code was taken for: a code is good once, and none older than it after it.
  last_step    bigint,
  constraint totp_confirmed_burnt check (confirmed_at is null or last_step is not null)
);

-- SHA-256 of codes of 120 random bits. Using one deletes it.
create table recovery_codes (
  user_id   uuid  not null references users on delete cascade,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);

-- Tries of codes from an app, over all sign-ins of the account. Six digits would not last long otherwise.
create table code_tries (
  user_id    uuid        primary key references users on delete cascade,
  tries      integer     not null,
  started_at timestamptz not null
);

-- Sign-ins whose first factor was right and whose second is due. What is handed out opens nothing else.
create table sign_in_challenges (
  token_hash     bytea       primary key,
  user_id        uuid        not null references users on delete cascade,
  kind           text        not null check (kind in ('web', 'api')),
  remember       boolean     not null,
  first_factor   text        not null check (first_factor in ('password', 'passkey')),
  -- Of the account when it was made: a changed password or role ends it.
  access_version integer     not null,
  expires_at     timestamptz not null
);
create index sign_in_challenges_old on sign_in_challenges (expires_at);
create index sign_in_challenges_of_user on sign_in_challenges (user_id);

-- down
drop table sign_in_challenges;
drop table code_tries;
drop table recovery_codes;
drop table totp_secrets;

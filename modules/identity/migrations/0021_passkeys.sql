-- Public keys of passkeys (WebAuthn). Bound to the name this installation is reached under.
create table passkeys (
  id              uuid        primary key,
  user_id         uuid        not null references users on delete cascade,
  -- As the authenticator named it, base64url.
  credential_id   text        not null unique,
  public_key      bytea       not null,
  -- Grows with each use, or stays 0 where passkeys are synchronised; one that falls behind is a copy.
  counter         bigint      not null,
  transports      text[]      not null,
  aaguid          text        not null,
  is_backed_up    boolean     not null,
  name            text        not null,
  -- A password alone does not sign in while there is one of these.
  guards_password boolean     not null,
  created_at      timestamptz not null default clock_timestamp(),
  last_used_at    timestamptz
);
create index passkeys_of_user on passkeys (user_id, created_at);

-- What an authenticator was asked to sign. Taken once, for what it was made for.
create table passkey_challenges (
  challenge_hash    bytea       primary key,
  purpose           text        not null check (purpose in ('register', 'sign-in', 'second-factor', 'step-up')),
  -- Whom it registers for.
  user_id           uuid        references users on delete cascade,
  must_verify_user  boolean     not null,
  expires_at        timestamptz not null,
  constraint passkey_challenges_registers check ((purpose = 'register') = (user_id is not null))
);
create index passkey_challenges_old on passkey_challenges (expires_at);
create index passkey_challenges_of_user on passkey_challenges (user_id);

-- The passkey that made the session: with it they go.
alter table sessions add column passkey_id uuid references passkeys on delete set null;
create index sessions_of_passkey on sessions (passkey_id) where passkey_id is not null;

-- down
drop index sessions_of_passkey;
alter table sessions drop column passkey_id;
drop table passkey_challenges;
drop table passkeys;

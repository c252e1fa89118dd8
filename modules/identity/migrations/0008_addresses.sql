-- An account may be without an address: somebody else proved that it is theirs, or a provider told none.
alter table users
  alter column email     drop not null,
  alter column email_key drop not null,
  add constraint users_email_whole check (
    (email is null) = (email_key is null) and not (email is null and email_verified));

-- The address an account says is its own, until the code of a mail proves it. One per account: the newest.
create table address_claims (
  user_id    uuid        primary key references users on delete cascade,
  email      text        not null,
  email_key  text        not null,
  -- SHA-256 over account and code; null until a job has sent one.
  code_hash  bytea,
  tries_left smallint    not null default 0,
  expires_at timestamptz not null
);
create index address_claims_by_email on address_claims (email_key);

-- Links in mails that act without a session; only hashes are kept, and a used link is a deleted row.
create table recovery_links (
  token_hash bytea       primary key,
  user_id    uuid        not null references users on delete cascade,
  -- reset: a new password. undo: back to the address this went to.
  kind       text        not null check (kind in ('reset', 'undo')),
  email      text        not null,
  email_key  text        not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
create index recovery_links_of_user on recovery_links (user_id);
create index recovery_links_old on recovery_links (expires_at);

-- Accounts elsewhere that sign people in here. Bound to issuer and subject, never to an address.
create table external_identities (
  issuer    text        not null,
  subject   text        not null check (length(subject) <= 255),
  user_id   uuid        not null references users on delete cascade,
  -- The configured name, `google`: for the page that lists them.
  provider  text        not null,
  -- What the provider called the person there; shown, and otherwise without meaning.
  label     text        not null,
  linked_at timestamptz not null default clock_timestamp(),
  used_at   timestamptz not null default clock_timestamp(),
  primary key (issuer, subject)
);
create unique index external_identities_of_user on external_identities (user_id, provider);

-- Sign-ins that are away at a provider. The browser holds the other half in a cookie.
create table openid_flows (
  flow_hash     bytea       primary key,
  provider      text        not null,
  -- Sealed: state, nonce and the verifier of the code challenge.
  secrets       bytea       not null,
  return_path   text        not null,
  -- Who links a provider to their account; null when signing in.
  user_id       uuid        references users on delete cascade,
  session_id    uuid,
  expires_at    timestamptz not null
);
create index openid_flows_old on openid_flows (expires_at);

-- Mails a stranger can cause to an address, counted so that nobody's mailbox is flooded from here.
create table mail_allowances (
  kind         text        not null,
  email_hash   bytea       not null,
  sent         integer     not null,
  window_until timestamptz not null,
  primary key (kind, email_hash)
);
create index mail_allowances_old on mail_allowances (window_until);

-- down
drop table mail_allowances;
drop table openid_flows;
drop table external_identities;
drop table recovery_links;
drop table address_claims;
delete from users where email is null;
alter table users
  drop constraint users_email_whole,
  alter column email     set not null,
  alter column email_key set not null;

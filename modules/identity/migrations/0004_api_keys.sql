-- Keys with which programs act for the person who made them, with no more rights than that person has at the moment.
create table api_keys (
  id            uuid        primary key,
  -- The part of the key that finds its row; not secret.
  lookup        text        not null,
  user_id       uuid        not null references users on delete cascade,
  kind          text        not null check (kind in ('pat')),
  name          text        not null,
  scopes        text[]      not null,
  -- SHA-256 of the secret part: 190 random bits need no slow hash.
  secret_hash   bytea       not null,
  -- For telling keys apart in a list.
  last4         text        not null,
  created_at    timestamptz not null default clock_timestamp(),
  expires_at    timestamptz not null,
  last_used_at  timestamptz,
  revoked_at    timestamptz,
  revoke_reason text        check (revoke_reason in ('revoked', 'leaked')),
  constraint api_keys_lookup_unique unique (lookup),
  constraint api_keys_revoked_why check ((revoked_at is null) = (revoke_reason is null))
);
create index api_keys_of_user on api_keys (user_id, created_at desc, id desc);
create index api_keys_ended on api_keys (least(expires_at, coalesce(revoked_at, expires_at)));

alter table revocations
  drop constraint revocations_kind_check,
  add constraint revocations_kind_check check (kind in ('session', 'user', 'key'));

-- down
delete from revocations where kind = 'key';
alter table revocations
  drop constraint revocations_kind_check,
  add constraint revocations_kind_check check (kind in ('session', 'user'));
drop table api_keys;

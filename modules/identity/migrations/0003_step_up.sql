alter table sessions
  -- When the person last proved who they are on this device: at sign-in, then at each step-up.
  add column auth_time             timestamptz not null default clock_timestamp(),
  -- 1: by one factor. 2: by two, or by a passkey that checked its holder.
  add column aal                   smallint    not null default 1 check (aal in (1, 2)),
  -- web: the cookie is replaced when it is a day old, and at each step-up. The next one counts from its first use on,
  -- so that a browser that never got it stays signed in; what it proves is bound to it.
  add column cookie_since          timestamptz not null default clock_timestamp(),
  add column next_cookie_hash      bytea       unique,
  add column next_cookie_at        timestamptz,
  add column next_auth_time        timestamptz,
  add column next_aal              smallint    check (next_aal in (1, 2)),
  -- Good for a minute more, for requests that are under way.
  add column previous_cookie_hash  bytea       unique,
  add column previous_cookie_until timestamptz,
  add constraint sessions_next_whole check (
    num_nulls(next_cookie_hash, next_cookie_at, next_auth_time, next_aal) in (0, 4)),
  add constraint sessions_previous_whole check ((previous_cookie_hash is null) = (previous_cookie_until is null));
update sessions set auth_time = created_at, cookie_since = created_at;

-- down
alter table sessions
  drop constraint sessions_previous_whole,
  drop constraint sessions_next_whole,
  drop column previous_cookie_until,
  drop column previous_cookie_hash,
  drop column next_aal,
  drop column next_auth_time,
  drop column next_cookie_at,
  drop column next_cookie_hash,
  drop column cookie_since,
  drop column aal,
  drop column auth_time;

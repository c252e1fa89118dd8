-- Public keys of running processes, by which they know each other's calls.
create table service_keys (
  kid        text        primary key,
  public_jwk jsonb       not null,
  expires_at timestamptz not null
);

-- Modules whose demo data this installation has received.
create table seeded (
  module    text        primary key,
  seeded_at timestamptz not null default now()
);

-- down
drop table seeded;
drop table service_keys;

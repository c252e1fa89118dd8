-- The key that seals secrets where no key file was configured; one row at most.
create table installation_keys (
  only_one boolean primary key default true check (only_one),
  key      bytea   not null check (octet_length(key) = 32)
);

-- down
drop table installation_keys;

-- Private keys lie sealed with a key that is not in this database (platform/secrets). Rows of before are sealed when a
-- process next opens them; `private_jwk` stays until then. A retired key keeps neither.
alter table signing_keys
  add column private_sealed bytea,
  alter column private_jwk drop not null,
  add constraint signing_keys_private check (
    case when retired_at is null then num_nonnulls(private_jwk, private_sealed) = 1 else private_jwk is null end)
    not valid;
update signing_keys set private_jwk = null where retired_at is not null;
alter table signing_keys validate constraint signing_keys_private;

-- down
-- A sealed key cannot be unsealed here: processes make a new one, and tokens of the old ones end within five minutes.
delete from signing_keys;
alter table signing_keys
  drop constraint signing_keys_private,
  drop column private_sealed,
  alter column private_jwk set not null;

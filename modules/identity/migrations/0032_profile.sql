-- A few words and a picture. The hash is that of the stored bytes and part of the picture's address.
-- The release before knows neither column, and both have values for what it inserts.
alter table users
  add column bio text not null default '' check (char_length(bio) <= 300),
  add column avatar_hash text check (avatar_hash ~ '^[0-9a-f]{64}$');

-- down
alter table users drop column avatar_hash, drop column bio;

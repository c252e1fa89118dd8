-- What administrators decided about features. A flag without a row has its default.
create table flags (
  name       text        primary key check (name ~ '^[a-z][a-z0-9-]*[.][a-z][a-z0-9-]*$' and length(name) <= 80),
  -- Percent of the accounts for which it is on.
  share      integer     not null check (share between 0 and 100),
  changed_at timestamptz not null default clock_timestamp()
);

-- The only way for a module to change a flag: in its own transaction, beside the entry in its audit log. It runs as the
-- owner, so that the change needs no right on the table. Without a share the default holds again.
create function set_flag(flag_name text, new_share integer) returns void
language plpgsql security definer set search_path = platform_runtime, pg_temp
as $$
begin
  if new_share is null then
    delete from flags where name = flag_name;
  else
    insert into flags (name, share) values (flag_name, new_share)
    on conflict (name) do update set share = excluded.share, changed_at = clock_timestamp();
  end if;
end
$$;
grant usage on schema platform_runtime to public;
grant execute on function set_flag to public;

-- down
revoke usage on schema platform_runtime from public;
drop function set_flag;
drop table flags;

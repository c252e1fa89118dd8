-- Lets a module erase a person from its own jobs that nobody will look at again. Like enqueue it runs as the owner and
-- goes by who calls: a module reaches no other's jobs.
create function forget(mention text) returns integer
language plpgsql security definer set search_path = platform_jobs, pg_temp
as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
  gone integer;
begin
  if length(mention) < 32 or mention ~ '[%_\\]' then
    raise invalid_parameter_value using message = 'a mention is a whole id';
  end if;
  delete from dead_letters
  where 'octet_' || split_part(name, '.', 1) = caller
    and concat_ws(' ', payload::text, key, error) like '%' || mention || '%';
  get diagnostics gone = row_count;
  return gone;
end
$$;
grant execute on function forget to public;

-- down
drop function forget;

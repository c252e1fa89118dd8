-- The W3C traceparent of the request that enqueued the job, so that its runs belong to the same trace. The function
-- with four arguments stays for the release before.
alter table jobs add column traceparent text check (length(traceparent) <= 256);

create function enqueue(job_name text, job_payload text, job_due_at timestamptz, job_key text, job_trace text)
returns uuid
language plpgsql security definer set search_path = platform_jobs, pg_temp
as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
  job_id uuid;
begin
  if caller like 'octet\_%' and caller not in ('octet_platform_jobs', 'octet_' || split_part(job_name, '.', 1)) then
    raise insufficient_privilege using message = format('%s may not enqueue %s', caller, job_name);
  end if;
  insert into jobs (name, payload, due_at, key, traceparent)
  values (job_name, job_payload::json, coalesce(job_due_at, now()), job_key, job_trace)
  on conflict (name, key) where fence = 0 and key is not null
    do update set payload = excluded.payload, due_at = least(jobs.due_at, excluded.due_at),
                  traceparent = excluded.traceparent
  returning id into job_id;
  return job_id;
end
$$;
grant execute on function enqueue(text, text, timestamptz, text, text) to public;

-- down
drop function enqueue(text, text, timestamptz, text, text);
alter table jobs drop column traceparent;

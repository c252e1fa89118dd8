-- Work to be done. One column, due_at, says when a job may be taken: while it runs that is the end of the worker's
-- lease, which the worker keeps pushing ahead; so a dead worker's job becomes due by itself and nothing has to look
-- for it. Rows are deleted when done, so the table stays as small as the backlog.
create table jobs (
  id         uuid        primary key default uuidv7(),
  name       text        not null check (name ~ '^[a-z][a-z0-9-]*[.][a-z][a-z0-9-]*$' and length(name) <= 80),
  key        text        check (length(key) <= 200),
  payload    json        not null check (octet_length(payload::text) <= 65536),
  due_at     timestamptz not null default now(),
  -- Moves on whenever the job changes hands; only who knows the newest value may finish it. 0: never taken.
  fence      integer     not null default 0,
  failures   integer     not null default 0,
  -- Who runs it; null while it waits.
  worker     text,
  error      text        check (length(error) <= 2000),
  created_at timestamptz not null default now()
);
-- Each name is looked through on its own: a backlog of one kind does not slow the others down.
create index jobs_due on jobs (name, due_at);
-- At most one job of a key waits for its first start. One that has started is not a duplicate: what it read may be old.
create unique index jobs_key on jobs (name, key) where fence = 0 and key is not null;

create table dead_letters (
  id         uuid        primary key,
  name       text        not null,
  key        text,
  payload    json        not null,
  fence      integer     not null,
  failures   integer     not null,
  error      text        not null,
  created_at timestamptz not null,
  died_at    timestamptz not null default now()
);

create table schedules (
  name    text        primary key,
  spec    text        not null,
  payload json        not null,
  next_at timestamptz not null
);

-- The only door for modules. It runs as the owner, so that enqueueing needs no right on the tables, and refuses a
-- module that enqueues another's job. A duplicate updates the waiting row rather than doing nothing: the row lock keeps
-- workers off until the caller has committed, so the job cannot run on what the caller is about to change.
create function enqueue(job_name text, job_payload text, job_due_at timestamptz, job_key text) returns uuid
language plpgsql security definer set search_path = platform_jobs, pg_temp
as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
  job_id uuid;
begin
  if caller like 'octet\_%' and caller not in ('octet_platform_jobs', 'octet_' || split_part(job_name, '.', 1)) then
    raise insufficient_privilege using message = format('%s may not enqueue %s', caller, job_name);
  end if;
  insert into jobs (name, payload, due_at, key)
  values (job_name, job_payload::json, coalesce(job_due_at, now()), job_key)
  on conflict (name, key) where fence = 0 and key is not null
    do update set payload = excluded.payload, due_at = least(jobs.due_at, excluded.due_at)
  returning id into job_id;
  return job_id;
end
$$;
grant usage on schema platform_jobs to public;
grant execute on function enqueue to public;

-- down
revoke usage on schema platform_jobs from public;
drop function enqueue;
drop table schedules;
drop table dead_letters;
drop table jobs;

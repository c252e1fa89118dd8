-- Password attempts, counted for all processes together. Unlogged: a commit waits for no disk, and after a crash of
-- PostgreSQL counting begins anew, which no stranger can bring about.
create unlogged table sign_in_attempts (
  -- SHA-256 of what is counted (account, network), so that no list of who tried what comes about.
  key          text             primary key,
  count        double precision not null,
  counted_at   timestamptz      not null,
  -- No attempt before.
  open_at      timestamptz      not null,
  -- Nothing of it counts any more.
  forgotten_at timestamptz      not null
);
create index sign_in_attempts_forgotten on sign_in_attempts (forgotten_at);

-- Counts one attempt under every key and answers 0, or counts nothing and answers how many milliseconds to wait. Rows
-- are held in one order from the question to the count: attempts of one moment cannot all find the door open. The first
-- key counts everybody's and never closes; beyond its free ones the others have a quarter of theirs.
create function take_attempts(
  keys text[], frees double precision[], delays double precision[], forgets double precision[]
) returns double precision language plpgsql as $$
declare
  at        timestamptz;
  wait_ms   double precision;
  tightness double precision;
begin
  insert into sign_in_attempts (key, count, counted_at, open_at, forgotten_at)
  select key, 0, clock_timestamp(), '-infinity', clock_timestamp() + interval '1 minute' from unnest(keys) as key
  order by key
  on conflict do nothing;
  perform 1 from sign_in_attempts where key = any(keys) order by key for update;
  at := clock_timestamp();
  select extract(epoch from max(open_at) - at) * 1000 into wait_ms
  from sign_in_attempts where key = any(keys) and open_at > at;
  if wait_ms is not null then
    return wait_ms;
  end if;
  select case when count - extract(epoch from at - counted_at) * 1000 / forgets[1] >= frees[1] then 0.25 else 1 end
  into tightness
  from sign_in_attempts where key = keys[1];
  with policy as (
    select * from unnest(keys, frees, delays, forgets) with ordinality
      as policy (key, free_max, delay_ms_max, forget_ms, place)
  ), counted as (
    select policy.*,
           greatest(0, known.count - greatest(0, extract(epoch from at - counted_at) * 1000 / forget_ms)) + 1 as next,
           free_max * case when place = 1 then 1 else coalesce(tightness, 1) end as free
    from policy join sign_in_attempts as known using (key)
  )
  update sign_in_attempts as known
  set count = next, counted_at = at,
      open_at = at + make_interval(secs => case
        when next <= free then 0
        else least(delay_ms_max, 1000 * 2 ^ least(30, ceil(next - free) - 1)) / 1000 end),
      forgotten_at = at + make_interval(secs => (delay_ms_max + next * forget_ms) / 1000)
  from counted
  where known.key = counted.key;
  return 0;
end $$;

-- Takes an attempt back that proved honest: counts under `forgotten` are gone, the others lose one.
create function give_back_attempts(keys text[], forgotten text[]) returns void language plpgsql as $$
begin
  perform 1 from sign_in_attempts where key = any(keys) order by key for update;
  delete from sign_in_attempts where key = any(forgotten);
  update sign_in_attempts set count = greatest(0, count - 1), open_at = counted_at
  where key = any(keys) and key <> all(forgotten);
end $$;

-- down
drop function give_back_attempts;
drop function take_attempts;
drop table sign_in_attempts;

alter table users
  add column disabled_at     timestamptz,
  add column disabled_reason text,
  add constraint users_disabled_why check ((disabled_at is null) = (disabled_reason is null));
create index users_by_display_name_start on users (lower(display_name) collate "C");

-- Why a session ended is the code's vocabulary, which grows; the database only keeps it tidy.
alter table sessions
  drop constraint sessions_revoke_reason_check,
  add constraint sessions_revoke_reason_check check (revoke_reason ~ '^[a-z-]{1,40}$');

create table user_blocks (
  blocker_id uuid        not null references users on delete cascade,
  blocked_id uuid        not null references users on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  primary key (blocker_id, blocked_id),
  constraint user_blocks_other check (blocker_id <> blocked_id)
);
create index user_blocks_newest on user_blocks (blocker_id, created_at desc, blocked_id desc);
create index user_blocks_blocked on user_blocks (blocked_id);

-- What people report about others, for moderators. Goes with the reported account; a reporter can be forgotten.
create table user_reports (
  id          uuid        primary key,
  subject_id  uuid        not null references users on delete cascade,
  reporter_id uuid        references users on delete set null,
  reason      text        not null,
  note        text        not null,
  created_at  timestamptz not null default clock_timestamp(),
  resolved_at timestamptz,
  resolver_id uuid        references users on delete set null,
  outcome     text,
  resolution  text,
  constraint user_reports_resolved check (num_nulls(resolved_at, outcome, resolution) in (0, 3))
);
-- One open report of one person about another: repeating it adds nothing.
create unique index user_reports_open_once on user_reports (reporter_id, subject_id) where resolved_at is null;
create index user_reports_open on user_reports (created_at, id) where resolved_at is null;
create index user_reports_resolved_newest on user_reports (created_at, id) where resolved_at is not null;
create index user_reports_subject on user_reports (subject_id);
create index user_reports_resolver on user_reports (resolver_id) where resolver_id is not null;

-- down
drop table user_reports;
drop table user_blocks;
update sessions set revoke_reason = 'signed-out'
where revoke_reason not in ('logout', 'signed-out', 'replaced', 'replayed');
alter table sessions
  drop constraint sessions_revoke_reason_check,
  add constraint sessions_revoke_reason_check check (revoke_reason in ('logout', 'signed-out', 'replaced', 'replayed'));
drop index users_by_display_name_start;
alter table users
  drop constraint users_disabled_why,
  drop column disabled_reason,
  drop column disabled_at;

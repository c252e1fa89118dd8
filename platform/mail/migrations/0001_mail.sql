-- Mails on their way out. A row is deleted when its mail was handed to a mail server; without a server it is kept for
-- the page that shows them (development).
create table mails (
  id         uuid        primary key,
  -- Who sent it: taken from the role of the sender, so no module can speak for another.
  module     text        not null,
  -- What it is about, `verify-address`; for people and metrics.
  kind       text        not null check (kind ~ '^[a-z][a-z0-9-]*$' and length(kind) <= 60),
  -- Whose mail it is, so that it goes when the account does.
  user_id    uuid,
  recipient  text        not null check (length(recipient) between 3 and 254),
  subject    text        not null check (length(subject) <= 200 and subject !~ '[[:cntrl:]]'),
  -- Sealed (platform/secrets): a code or a link in it opens an account.
  content    bytea       not null check (octet_length(content) <= 65536),
  -- waiting: a job delivers it. kept: there is no mail server. refused: the server will never take it.
  state      text        not null default 'waiting' check (state in ('waiting', 'kept', 'refused')),
  error      text        check (length(error) <= 500),
  created_at timestamptz not null default clock_timestamp()
);
create index mails_of_user on mails (user_id) where user_id is not null;
create index mails_age on mails (created_at);

-- The only doors for modules; they run as the owner, so that sending needs no right on the table.
create function module_of_caller() returns text
language plpgsql stable
as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
begin
  return case when caller like 'octet\_%' then substr(caller, 7) else 'platform' end;
end
$$;

create function send(
  mail_id uuid, mail_kind text, mail_user_id uuid, mail_recipient text, mail_subject text, mail_content bytea
) returns void
language sql security definer set search_path = platform_mail, pg_temp
as $$
  insert into mails (id, module, kind, user_id, recipient, subject, content)
  values (mail_id, module_of_caller(), mail_kind, mail_user_id, mail_recipient, mail_subject, mail_content)
$$;

-- Mails of an account, by the module that sent them: for its erasure.
create function forget(of_user_id uuid) returns integer
language sql security definer set search_path = platform_mail, pg_temp
as $$
  with gone as (
    delete from mails where user_id = of_user_id and module = module_of_caller() returning 1
  )
  select count(*)::integer from gone
$$;
grant usage on schema platform_mail to public;
grant execute on function send, forget to public;

-- down
revoke usage on schema platform_mail from public;
drop function forget;
drop function send;
drop function module_of_caller;
drop table mails;

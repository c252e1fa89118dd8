-- News that an address was proved travels with the revocations.
alter table revocations
  drop constraint revocations_kind_check,
  add constraint revocations_kind_check check (kind in ('session', 'user', 'key', 'verified'));

-- down
delete from revocations where kind = 'verified';
alter table revocations
  drop constraint revocations_kind_check,
  add constraint revocations_kind_check check (kind in ('session', 'user', 'key'));

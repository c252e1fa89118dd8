-- One level of folders: a link lies in one or in none.
create table folders (
  id         uuid        primary key,
  owner_id   uuid        not null,
  name       text        not null,
  created_at timestamptz not null
);
create unique index folders_name_of_owner on folders (owner_id, lower(name));

-- Hosts whose short links this installation answers. Anyone may claim a host; proving it makes it theirs.
create table domains (
  id          uuid        primary key,
  owner_id    uuid        not null,
  -- As DNS knows it: lower case, punycode, no dot at the end.
  host        text        not null,
  -- Where the root of the host leads.
  landing_url text,
  -- What its DNS, or a file on it, must say.
  token       text        not null,
  verified_at timestamptz,
  created_at  timestamptz not null,
  constraint domains_host_of_owner unique (owner_id, host)
);
-- Claims shut nobody out; only the proven one does.
create unique index domains_host_verified on domains (host) where verified_at is not null;

alter table links add column folder_id uuid references folders on delete set null;
alter table links add column archived_at timestamptz;
-- The nil UUID is the installation's own host: null would not do, because nulls are never equal, and so never unique.
alter table links add column domain_id uuid not null default '00000000-0000-0000-0000-000000000000';
alter table links drop constraint links_code_key_unique;
alter table links add constraint links_domain_code_unique unique (domain_id, code_key);
-- For "is there one already": addresses are long, their hash is not.
create index links_by_destination on links (owner_id, hashtextextended(url, 0)) where deleted_at is null;
create index links_in_folder on links (folder_id) where folder_id is not null;
create index links_of_domain on links (domain_id)
  where domain_id <> '00000000-0000-0000-0000-000000000000' and deleted_at is null;

-- down
drop index links_of_domain;
drop index links_in_folder;
drop index links_by_destination;
-- Codes of other hosts may repeat ours: they go with their hosts.
delete from links where domain_id <> '00000000-0000-0000-0000-000000000000';
alter table links drop constraint links_domain_code_unique;
alter table links add constraint links_code_key_unique unique (code_key);
alter table links drop column domain_id;
alter table links drop column archived_at;
alter table links drop column folder_id;
drop table domains;
drop table folders;

-- One lease per process: when it ends, everybody who was there through that process is gone.
create table presence_nodes (
  id         uuid        primary key,
  expires_at timestamptz not null
);

-- Written when somebody comes, goes or falls idle, not while they are there.
create table presence (
  user_id uuid    not null,
  node_id uuid    not null references presence_nodes on delete cascade,
  is_idle boolean not null,
  primary key (user_id, node_id)
);
create index presence_of_node on presence (node_id);

create table settings (
  user_id              uuid        primary key,
  show_presence        boolean     not null default true,
  do_not_disturb_until timestamptz,
  last_seen_at         timestamptz
);

-- down
drop table settings;
drop table presence;
drop table presence_nodes;

alter table members add column is_muted boolean not null default false;

-- down
alter table members drop column is_muted;

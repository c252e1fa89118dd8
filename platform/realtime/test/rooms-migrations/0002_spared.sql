alter table members add column is_spared boolean not null default false;

-- down
alter table members drop column is_spared;

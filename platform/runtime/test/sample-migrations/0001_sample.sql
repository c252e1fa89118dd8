create table effects (id bigint generated always as identity primary key, operation text not null);

-- down
drop table effects;

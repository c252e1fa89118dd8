-- Jobs of one key that run one at a time: which is the earliest, at every look for work.
create index jobs_order_of_key on jobs (name, key, id) where key is not null;

-- down
drop index jobs_order_of_key;

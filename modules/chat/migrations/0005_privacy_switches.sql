alter table settings
  add column show_reading boolean not null default true,
  add column show_typing  boolean not null default true;

-- down
alter table settings
  drop column show_reading,
  drop column show_typing;

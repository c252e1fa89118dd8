-- The W3C traceparent of the request that published the event, so that its handlers belong to the same trace.
alter table outbox add column traceparent text check (length(traceparent) <= 256);

-- down
alter table outbox drop column traceparent;

-- Queues a delivery for the event, once a transaction. The job holds the event's id and nothing of
-- a ticket. River's tables are younger than these (docs/adr/0005), so postgres.Migrate grants the
-- insert.
-- It is in the database because triggers call it, in the transaction of the change.
create or replace function notice_wake(event uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if current_setting('app.notice_woken', true) is distinct from $1::text then
    insert into river.river_job (kind, queue, state, max_attempts, args)
    values ('duty', 'duties', 'available', 25,
      jsonb_build_object('duty', 'deliver_notices', 'event_id', $1, 'round', 0));
    perform set_config('app.notice_woken', $1::text, true);
  end if;
end
$$;
alter function notice_wake(uuid) owner to tnm_ledger;

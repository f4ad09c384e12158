-- While a date is put off nothing lapses; when it stands again, whoever was asked has time again.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function quota_counter_resumed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket_offer o
  set until = coalesce(offer_until(app_now(), part_waits_until(p)), greatest(o.until, p.starts_at))
  from quota q join part p on p.id = q.part_id
  where o.quota_id = new.quota_id and q.id = o.quota_id;
  return null;
end
$$;
alter function quota_counter_resumed() owner to tnm_ledger;

create trigger quota_counter_resumed after update on quota_counter for each row
  when (new.accepting and not old.accepting) execute function quota_counter_resumed();

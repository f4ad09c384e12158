-- The counter gives back the seats of tickets that are deleted.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function ticket_count_deleted() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update quota_counter c set taken = c.taken - d.seats
  from (select o.quota_id, sum(o.seats)::int as seats from old_rows o
    where o.status in ('confirmed', 'offered') group by 1) d
  where c.quota_id = d.quota_id;
  return null;
end
$$;
alter function ticket_count_deleted() owner to tnm_ledger;

create trigger ticket_count_deleted after delete on ticket
  referencing old table as old_rows for each statement execute function ticket_count_deleted();

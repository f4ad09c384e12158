-- What an erased ticket held stays counted.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function ticket_slot_given_back() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update quota_counter c set taken = c.taken - d.parties
  from (select o.slot_id, count(*)::int as parties from old_rows o
        where not exists (select from ticket t where t.id = o.ticket_id and t.secret_mac is null) group by 1) d
  where c.quota_id = d.slot_id;
  return null;
end
$$;
alter function ticket_slot_given_back() owner to tnm_ledger;

create trigger ticket_slot_given_back after delete on ticket_slot
  referencing old table as old_rows for each statement execute function ticket_slot_given_back();

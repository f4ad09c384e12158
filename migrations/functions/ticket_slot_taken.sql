-- The only movers of a slot's count.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function ticket_slot_taken() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from new_rows n join ticket t on t.id = n.ticket_id join slot s on s.quota_id = n.slot_id
             where s.occurrence_id <> t.occurrence_id or s.event_id <> n.event_id or t.status <> 'confirmed') then
    raise exception using errcode = 'check_violation', constraint = 'ticket_slot_one_date',
      message = 'a ticket holds slots of its own date only';
  end if;
  update quota_counter c set taken = c.taken + d.parties
  from (select n.slot_id, count(*)::int as parties from new_rows n group by 1) d where c.quota_id = d.slot_id;
  return null;
end
$$;
alter function ticket_slot_taken() owner to tnm_ledger;

create trigger ticket_slot_taken after insert on ticket_slot
  referencing new table as new_rows for each statement execute function ticket_slot_taken();

-- Seats that come free go to the waiting list in the same transaction, whichever path freed them: a
-- cancellation, a larger capacity, a date that opens again. Who left a contact is asked, if there
-- is time. The counter's row is locked by the statement that brought us here; tickets are locked
-- after it, as everywhere.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function quota_counter_promote() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  room integer := new.capacity - new.taken;
  t record;
  offer timestamptz;
begin
  for t in
    select k.id, k.seats, offer_until(app_now(), part_waits_until(p)) as until
    from ticket_wish w
    join ticket k on k.id = w.ticket_id
    join quota q on q.id = w.quota_id
    join part p on p.id = q.part_id
    where w.quota_id = new.quota_id and k.status = 'waiting' and app_now() < part_waits_until(p)
    order by w.position
    for update of k
  loop
    exit when room = 0;
    continue when t.seats > room;
    -- Looked at once the ticket is locked: a contact that was left or taken back at this moment
    -- counts.
    offer := case when exists (select from ticket_contact c where c.ticket_id = t.id) then t.until end;
    update ticket k
    set status = case when offer is null then 'confirmed' else 'offered' end, quota_id = q.id, part_id = q.part_id,
      occurrence_id = q.occurrence_id
    from quota q where k.id = t.id and k.status = 'waiting' and q.id = new.quota_id;
    if found then
      room := room - t.seats;
      if offer is not null then
        insert into ticket_offer (organization_id, event_id, quota_id, ticket_id, until)
        values (new.organization_id, new.event_id, new.quota_id, t.id, offer);
      end if;
    end if;
  end loop;
  return null;
end
$$;
alter function quota_counter_promote() owner to tnm_ledger;

create trigger quota_counter_promote after update on quota_counter for each row
  when (new.accepting and new.capacity > new.taken
    and (new.capacity - new.taken > old.capacity - old.taken or not old.accepting))
  execute function quota_counter_promote();

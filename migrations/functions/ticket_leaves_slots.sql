-- A ticket that is given up, or whose holder is forgotten, holds no slot any more.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function ticket_leaves_slots() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from ticket_slot k where k.ticket_id = new.id;
  return null;
end
$$;
alter function ticket_leaves_slots() owner to tnm_ledger;

create trigger ticket_leaves_slots after update on ticket for each row
  when (old.status = 'confirmed' and new.status <> 'confirmed' or old.secret_mac is not null and new.secret_mac is null)
    execute function ticket_leaves_slots();

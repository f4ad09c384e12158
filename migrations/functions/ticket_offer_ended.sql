-- The offer ends with the state, whatever ended it.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function ticket_offer_ended() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from ticket_offer o where o.ticket_id = new.id;
  return null;
end
$$;
alter function ticket_offer_ended() owner to tnm_ledger;

create trigger ticket_offer_ended after update on ticket for each row
  when (old.status = 'offered' and (new.status <> 'offered' or new.secret_mac is null))
    execute function ticket_offer_ended();

-- A ticket that waits no longer has no wishes.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function ticket_left_the_line() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from ticket_wish w where w.ticket_id = new.id;
  return null;
end
$$;
alter function ticket_left_the_line() owner to tnm_ledger;

create trigger ticket_left_the_line after update on ticket for each row
  when (old.status = 'waiting' and new.status <> 'waiting') execute function ticket_left_the_line();

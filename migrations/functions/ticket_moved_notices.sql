-- A contact ends with what it was given for. A changed secret changes nothing: the ticket is the
-- same.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function ticket_moved_notices() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if new.secret_mac is null or new.status in ('cancelled', 'lapsed') then
    delete from ticket_contact c where c.ticket_id = new.id;
    delete from notice n where n.ticket_id = new.id;
  elsif old.status = 'waiting' and new.status = 'confirmed' then
    perform notice_write(new.id, 'promotion');
  elsif old.status = 'waiting' and new.status = 'offered' then
    perform notice_write(new.id, 'offer');
  elsif old.status = 'applied' then
    perform notice_write(new.id, 'result');
  end if;
  return null;
end
$$;
alter function ticket_moved_notices() owner to tnm_ledger;

create trigger ticket_moved_notices after update on ticket for each row
  when (old.status is distinct from new.status or old.secret_mac is not null and new.secret_mac is null)
    execute function ticket_moved_notices();

-- What is known at the door does not outlive the secret or the seat.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function ticket_leaves_door() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if new.secret_mac is distinct from old.secret_mac or new.status <> 'confirmed' then
    new.day_code_mac := null;
  end if;
  new.arrived := new.arrived and new.status = 'confirmed';
  return new;
end
$$;
alter function ticket_leaves_door() owner to tnm_ledger;

create trigger ticket_leaves_door before update on ticket for each row
  when (new.secret_mac is distinct from old.secret_mac or new.status is distinct from old.status)
    execute function ticket_leaves_door();

-- Before the list is fixed an application simply leaves; after it the number stays, marked. With
-- the secret's MAC the number goes as well.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function ticket_leaves_lottery() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if new.secret_mac is null or not exists (
    select from lottery_entry e
      join lottery_draw d on d.part_id = e.part_id
      where e.ticket_id = new.id and d.state <> 'open') then
    delete from lottery_entry e where e.ticket_id = new.id;
  else
    update lottery_entry e set outcome = 'withdrawn' where e.ticket_id = new.id;
  end if;
  return null;
end
$$;
alter function ticket_leaves_lottery() owner to tnm_ledger;

create trigger ticket_leaves_lottery after update on ticket for each row
  when (old.status = 'applied' and new.status = 'cancelled' or old.secret_mac is not null and new.secret_mac is null)
    execute function ticket_leaves_lottery();

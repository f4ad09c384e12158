-- Keeps what a ticket was asked for when it comes to stand for another quota, until it is erased.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function ticket_keeps_asked() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if new.secret_mac is null then
    new.asked := null;
  elsif new.quota_id <> old.quota_id then
    new.asked := coalesce(old.asked, array[old.quota_id]);
  end if;
  return new;
end
$$;

create trigger ticket_keeps_asked before update of quota_id, secret_mac on ticket
  for each row execute function ticket_keeps_asked();

-- ticket_rotate, and an application gets the number of its new secret while its list is open.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_rotate_numbered(mac bytea, new_mac bytea, new_nickname text, new_number text)
  returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if not ticket_rotate($1, $2, $3) then
    return false;
  end if;
  return lottery_renumber($2, $4);
end
$$;
alter function ticket_rotate_numbered(bytea, bytea, text, text) owner to tnm_ledger;
grant execute on function ticket_rotate_numbered(bytea, bytea, text, text) to tnm_public;

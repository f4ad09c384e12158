-- Turns the calendar of a ticket on (with the MAC for the given turn), or off (null). False when
-- there is no such ticket, or another turn was taken meanwhile. A turn that was used never comes
-- back: its address may be known to others.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function ticket_calendar(mac bytea, turn smallint, new_mac bytea) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket k set calendar_mac = $3, calendar_turn = greatest(k.calendar_turn, $2)
  where k.secret_mac = $1 and ($3 is null or $2 > k.calendar_turn);
  return found;
end
$$;
alter function ticket_calendar(bytea, smallint, bytea) owner to tnm_ledger;
grant execute on function ticket_calendar(bytea, smallint, bytea) to tnm_public;

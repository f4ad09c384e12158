-- Until when a calendar's ticket waits for a seat, or its offer for an answer; null for any other.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function ticket_followed_until(calendar_mac bytea) returns timestamptz
  language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
  return (
    select case t.status
      when 'waiting' then (select max(part_waits_until(p)) from ticket_wish w
        join quota q on q.id = w.quota_id
        join part p on p.id = q.part_id
        where w.ticket_id = t.id)
      when 'offered' then (select o.until from ticket_offer o where o.ticket_id = t.id)
    end
    from ticket t where t.calendar_mac = $1);
end
$$;
alter function ticket_followed_until(bytea) owner to tnm_ledger;
grant execute on function ticket_followed_until(bytea) to tnm_public;

-- How many bookings a borrower has in a room in the month of a moment.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function booking_month_count(borrower uuid, room uuid, moment timestamptz) returns bigint
  language plpgsql stable set search_path = public, pg_temp
as $$
declare month timestamp := date_trunc('month', $3 at time zone 'Asia/Tokyo');
begin
  return (
    select count(*) from booking k
    where k.borrower_id = $1 and k.room_id = $2 and k.status not in ('declined', 'cancelled', 'lapsed')
      and k.starts_at >= month at time zone 'Asia/Tokyo'
      and k.starts_at < (month + interval '1 month') at time zone 'Asia/Tokyo');
end
$$;
alter function booking_month_count(uuid, uuid, timestamp with time zone) owner to tnm_ledger;

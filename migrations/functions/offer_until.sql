-- Until when an offer made at a moment stands: a day, counted from seven in the morning if it is
-- made in the night (22:00 to 7:00 in Tokyo), up to the full hour, no longer than the line is
-- served, and never into the night. Null when that leaves less than two hours by day: then nobody
-- is asked.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function offer_until(made_at timestamptz, served_until timestamptz) returns timestamptz
  language plpgsql immutable parallel safe set search_path = public, pg_temp
as $$
declare
  made   constant timestamp := made_at at time zone 'Asia/Tokyo';
  latest constant timestamp := served_until at time zone 'Asia/Tokyo';
  day    constant timestamp := date_trunc('day', made);
  begins constant timestamp := case
    when made < day + interval '7 hours' then day + interval '7 hours'
    when made >= day + interval '22 hours' then day + interval '31 hours'
    else made end;
  ends timestamp := date_trunc('hour', begins + interval '25 hours' - interval '1 microsecond');
begin
  if ends::time <= time '07:00' then
    ends := ends + interval '1 hour'; -- made in the night: nobody has to answer before they get up
  end if;
  if latest < ends then
    ends := latest;
    if ends > date_trunc('day', ends) + interval '22 hours' then
      ends := date_trunc('day', ends) + interval '22 hours';
    elsif ends <= date_trunc('day', ends) + interval '7 hours' then
      ends := date_trunc('day', ends) - interval '2 hours';
    end if;
  end if;
  return case when ends >= begins + interval '2 hours' then ends at time zone 'Asia/Tokyo' end;
end
$$;
grant execute on function offer_until(timestamp with time zone, timestamp with time zone) to tnm_ledger;

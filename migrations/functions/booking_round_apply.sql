-- Hands in an application, or (change) puts new wishes in the place of the old ones. outcome:
-- applied, changed, unknown, not_open, too_many, too_many_wishes, foreign_room, outside_period,
-- full.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_round_apply(round uuid, application uuid, number text, title text, people integer,
  wishes jsonb, change boolean)
  returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare r booking_round;
begin
  select k.* into r from booking_round k
  where k.id = case
    when $7 then (select a.round_id from booking_application a where a.id = $2 and a.borrower_id = app_organization())
    else $1 end
  for update;
  if not found or app_organization() is null then
    return 'unknown';
  elsif r.state <> 'open' or app_now() < r.opens_at or app_now() >= r.closes_at then
    return 'not_open';
  elsif jsonb_array_length($6) > r.wishes_max then
    return 'too_many_wishes';
  elsif exists (select from jsonb_to_recordset($6) as w (room_id uuid)
    where not exists (select from booking_round_room x where x.round_id = r.id and x.room_id = w.room_id)) then
    return 'foreign_room';
  elsif exists (select from jsonb_to_recordset($6) as w (starts_at timestamptz, ends_at timestamptz)
    where not r.span @> tstzrange(w.starts_at, w.ends_at)) then
    return 'outside_period';
  end if;
  if $7 then
    update booking_application a set title = $4, people = $5 where a.id = $2 and a.borrower_id = app_organization();
    if not found then
      return 'unknown';
    end if;
    delete from booking_wish w where w.application_id = $2;
  else
    if (select count(*) from booking_application a
      where a.round_id = r.id and a.borrower_id = app_organization()) >= r.applications_max then
      return 'too_many';
    elsif (select count(*) from booking_application a where a.round_id = r.id) >= 2000 then
      return 'full';
    end if;
    insert into booking_application (borrower_id, round_id, id, number, title, people)
    values (app_organization(), r.id, $2, $3, $4, $5);
  end if;
  insert into booking_wish (borrower_id, application_id, rank, room_id, starts_at, ends_at)
  select app_organization(), $2, w.place, (w.wish ->> 'room_id')::uuid, (w.wish ->> 'starts_at')::timestamptz,
    (w.wish ->> 'ends_at')::timestamptz
  from jsonb_array_elements($6) with ordinality as w (wish, place);
  return case when $7 then 'changed' else 'applied' end;
end
$$;
alter function booking_round_apply(uuid, uuid, text, text, integer, jsonb, boolean) owner to tnm_ledger;
grant execute on function booking_round_apply(uuid, uuid, text, text, integer, jsonb, boolean) to tnm_staff;

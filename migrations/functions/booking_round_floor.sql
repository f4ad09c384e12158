-- Which wishes meet floor that is taken by now, with what they would take: minutes of the epoch,
-- their set-up and clearing around them.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function booking_round_floor(round uuid)
  returns table (room_id uuid, starts_at timestamptz, ends_at timestamptz, span tstzrange, taken boolean, spaces uuid[],
    shared boolean[])
  language sql stable security definer set search_path = public, pg_temp
as $$
  select w.room_id, w.starts_at, w.ends_at, x.span, room_taken(w.room_id, x.span, '{}'),
    array(select s.space_id from room_space s where s.room_id = w.room_id order by s.space_id),
    array(select not s.exclusive from room_space s where s.room_id = w.room_id order by s.space_id)
  from (select distinct w.room_id, w.starts_at, w.ends_at from booking_wish w
    join booking_application a on a.id = w.application_id
    where a.round_id = $1) w
  join room r on r.id = w.room_id
  cross join lateral (select booking_span(w.starts_at, w.ends_at, r.setup_minutes, r.clearing_minutes) as span) x
$$;
alter function booking_round_floor(uuid) owner to tnm_ledger;
grant execute on function booking_round_floor(uuid) to tnm_worker;

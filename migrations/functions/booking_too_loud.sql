-- Whether a neighbouring room whose pairing forbids it is loud while this one is quiet, or the
-- other way round.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function booking_too_loud(room uuid, starts_at timestamptz, ends_at timestamptz, noise text,
  besides uuid)
  returns boolean
  language sql stable set search_path = public, pg_temp
as $$
  select $4 <> 'normal' and exists (
    select from room_neighbour n
    join room_space s on s.room_id = case when n.room_id = $1 then n.neighbour_id else n.room_id end
    join occupancy o on o.space_id = s.space_id and o.span && tstzrange($2, $3)
    join booking k on k.id = o.booking_id and k.starts_at < $3 and k.ends_at > $2 and k.id <> $5
    where n.rule = 'forbid' and $1 in (n.room_id, n.neighbour_id)
      and k.noise = case $4 when 'loud' then 'quiet' else 'loud' end)
$$;
alter function booking_too_loud(uuid, timestamp with time zone, timestamp with time zone, text, uuid)
  owner to tnm_ledger;

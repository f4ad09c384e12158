-- Draws with something to do: fix the list, or draw. Nothing is drawn for what is not held, and a
-- date that was put off waits for its new times.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function lottery_due() returns table (part_id uuid, state text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select d.part_id, d.state
  from lottery_draw d
  join part p on p.id = d.part_id
  join occurrence o on o.id = d.occurrence_id
  join event e on e.id = d.event_id
  where d.state <> 'drawn' and e.status = 'published' and o.status = 'scheduled' and app_now() < p.ends_at
    and app_now() >= coalesce(case when d.state = 'closed' then p.draws_at end, p.closes_at, p.starts_at)
  order by d.part_id
$$;
alter function lottery_due() owner to tnm_ledger;
grant execute on function lottery_due() to tnm_worker;

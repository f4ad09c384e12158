-- Freezes what is due and gives how many figures came out: of dates whose registration closed at
-- least half an hour ago, so that answers still on their way have come in, and of dates whose doors
-- have closed. One call at a time; the primary key would see to it too. Looks 40 days back.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function report_freeze(at_most integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  d record;
  n integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('report_freeze')) then
    return 0;
  end if;
  for d in
    select o.organization_id, o.event_id, o.id
    from occurrence o join event e on e.id = o.event_id
    where o.id in (
        select p.occurrence_id from part p
        where p.reservation <> 'none'
          and coalesce(p.closes_at, p.starts_at)
            between app_now() - interval '40 days' and app_now() - interval '30 minutes')
      and report_closes(o.id) <= app_now() - interval '30 minutes'
      and e.status = 'published' and o.status = 'scheduled'
      and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'closed')
    order by o.starts_at, o.id limit $1
  loop
    insert into report_release (organization_id, event_id, occurrence_id, kind, figure)
    select d.organization_id, d.event_id, d.id, 'closed', report_rounded(coalesce(sum(c.taken), 0)::integer)
    from quota_counter c
    where c.occurrence_id = d.id
      and not exists (select from slot s where s.quota_id = c.quota_id) -- a party with three slots is one
    on conflict (occurrence_id, kind) do nothing;
    if found then
      n := n + 1;
      perform report_break_down(d.event_id, d.id);
    end if;
  end loop;
  with ended as (
    insert into report_release (organization_id, event_id, occurrence_id, kind, figure)
    select o.organization_id, o.event_id, o.id, 'ended', report_rounded(nullif(
      (select coalesce(sum(c.peak), 0) from door_counter c where c.occurrence_id = o.id)
        + (select coalesce(sum(a.seats), 0) from door_arrival a where a.occurrence_id = o.id), 0)::integer)
    from occurrence o join event e on e.id = o.event_id
    where o.ends_at between app_now() - interval '40 days' and app_now() - interval '6 hours' and e.status = 'published'
      and o.status = 'scheduled'
      and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'ended')
    order by o.ends_at, o.id limit $1
    on conflict (occurrence_id, kind) do nothing
    returning 1
  )
  select n + count(*) into n from ended;
  -- Too few came together in their year, or the date never took place.
  delete from answer_counter c using occurrence o
  where o.id = c.occurrence_id and greatest(o.ends_at, o.reached_until) < app_now() - interval '400 days';
  return n;
end
$$;
alter function report_freeze(integer) owner to tnm_ledger;
grant execute on function report_freeze(integer) to tnm_worker;

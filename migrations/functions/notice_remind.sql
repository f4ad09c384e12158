-- A word on the day before, for all that begins on that day (Asia/Tokyo): once a day on which it
-- stands, so that a date that was moved is told of again. Not for those who asked for their seat
-- today and know. Gives how many. For the worker.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function notice_remind(day date) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  n integer := 0;
  r record;
begin
  for r in
    with written as (
      insert into notice as x (organization_id, event_id, ticket_id, kind, revision)
      select t.organization_id, t.event_id, t.id, 'reminder', $1 - date '2000-01-01'
      from occurrence o
      join event e on e.id = o.event_id
      join part p on p.occurrence_id = o.id
      join ticket t on t.part_id = p.id and t.occurrence_id = o.id
      join ticket_contact c on c.ticket_id = t.id
      where o.starts_at >= ($1 - 31)::timestamp at time zone 'Asia/Tokyo'
        and o.starts_at < ($1 + 1)::timestamp at time zone 'Asia/Tokyo'
        and p.starts_at >= $1::timestamp at time zone 'Asia/Tokyo'
        and p.starts_at < ($1 + 1)::timestamp at time zone 'Asia/Tokyo'
        and e.status = 'published' and o.status = 'scheduled' and t.status = 'confirmed' and t.secret_mac is not null
        and t.seats > 0
        and t.taken_on < (app_now() at time zone 'Asia/Tokyo')::date
      on conflict on constraint notice_pkey do nothing
      returning x.event_id
    )
    select w.event_id, count(*)::int as many from written w group by 1
  loop
    perform notice_wake(r.event_id);
    n := n + r.many;
  end loop;
  return n;
end
$$;
alter function notice_remind(date) owner to tnm_ledger;
grant execute on function notice_remind(date) to tnm_worker;

-- Brings out the answers of dates of an event and fiscal year that have not come out yet, if twenty
-- tickets held a seat at this moment in all, and no more than a quarter as many were given back or
-- not drawn: their answers are in the counters for good (ADR 0028). Dates that would break this
-- wait for others. Nothing here looks at an answer. Tickets that only ever waited had no say
-- (internal/ticket passes on none of their answers), so they count neither way. Each answer comes
-- out once, in one batch, and is forgotten with it; a batch is named after its latest date.
-- occurrence: the date that has just closed.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function report_break_down(event uuid, occurrence uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  asked text[];
  year integer;
  owner uuid;
  batch uuid[];
  name uuid;
  people integer;
begin
  select array(select distinct unnest(e.questions)), fiscal_year(o.starts_at), o.organization_id into asked, year, owner
  from event e join occurrence o on o.event_id = e.id where e.id = $1 and o.id = $2;
  if cardinality(asked) = 0 then
    return;
  end if;
  with date as (
    select r.occurrence_id, o.starts_at, t.held, t.held - 4 * t.gone as room
    from report_release r join occurrence o on o.id = r.occurrence_id
    cross join lateral (
      select count(*) filter (where t.status = 'confirmed') as held,
        count(*) filter (where t.status <> 'confirmed'
          and (p.reservation = 'lottery' or t.status not in ('waiting', 'offered', 'lapsed'))) as gone
      from quota q join part p on p.id = q.part_id join ticket t on t.quota_id = q.id
      where q.event_id = $1 and q.occurrence_id = r.occurrence_id) t
    where r.event_id = $1 and r.kind = 'closed' and r.broken_down_in is null and fiscal_year(o.starts_at) = year
  ), joined as ( -- as many dates as go together: those that leave most room first
    select d.*, sum(d.room) over (order by d.room desc, d.occurrence_id rows unbounded preceding) as left_over
    from date d
  )
  select array_agg(j.occurrence_id), (array_agg(j.occurrence_id order by j.starts_at desc, j.occurrence_id))[1],
    sum(j.held)
  into batch, name, people from joined j where j.left_over >= 0;
  if people is null or people < 20 then
    return;
  end if;
  insert into report_figure (organization_id, event_id, occurrence_id, question, answer, figure)
  with choice as (
    select q as question, a as answer
    from unnest(asked) q cross join lateral unnest(case q
      when 'age' then array['10s', '20s', '30s', '40s', '50s', '60s', '70s_up']
      when 'gender' then array['woman', 'man', 'other']
      when 'standing' then array['self', 'family', 'supporter']
      else array(select h from report_homes($1) h) || array['elsewhere']
    end) a
  ), given as (
    select c.question,
      case when c.question = 'home' and c.answer not in (select h from report_homes($1) h) then 'elsewhere'
        else c.answer end as answer,
      sum(c.count) as count
    from answer_counter c where c.occurrence_id = any (batch) group by 1, 2
  ), counted as (
    select c.question, c.answer, coalesce(g.count, 0) as count from choice c left join given g using (question, answer)
    union all
    select q, 'unknown', greatest(0, people - coalesce((select sum(g.count) from given g where g.question = q), 0))
    from unnest(asked) q
  )
  select owner, $1, name, c.question, c.answer, report_rounded(c.count::integer + report_noise())
  from counted c order by c.question, c.answer;
  update report_release r set broken_down_in = name where r.kind = 'closed' and r.occurrence_id = any (batch);
  delete from answer_counter c where c.occurrence_id = any (batch);
end
$$;
alter function report_break_down(uuid, uuid) owner to tnm_ledger;

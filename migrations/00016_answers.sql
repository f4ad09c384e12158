-- +goose Up
-- What organisers may ask whoever takes a seat, for their yearly report. Nothing, unless they choose.
alter table event
  add column questions text[] not null default '{}',
  add constraint event_questions_known check (questions <@ array['age', 'gender', 'standing', 'home'] and cardinality(questions) <= 4);
grant update (questions) on event to tnm_staff;

-- The most people who were counted at once, for the report: whoever leaves is taken off the count.
alter table door_counter
  add column peak integer not null default 0,
  add constraint door_counter_peak_range check (peak between 0 and 1000000);

-- How often each answer was given for a date. No ticket, no order, no time; nobody but the functions below reads it, and the row is gone as soon as its figure is
-- released. Answers are added in batches that wait until several have come together, see internal/report.
create table answer_counter (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  question        text not null,
  answer          text not null,
  count           integer not null,
  constraint answer_counter_pkey primary key (occurrence_id, question, answer),
  constraint answer_counter_occurrence_fkey foreign key (organization_id, event_id, occurrence_id) references occurrence (organization_id, event_id, id) on delete cascade,
  constraint answer_counter_known check (case question
    when 'age' then answer in ('10s', '20s', '30s', '40s', '50s', '60s', '70s_up')
    when 'gender' then answer in ('woman', 'man', 'other')
    when 'standing' then answer in ('self', 'family', 'supporter')
    when 'home' then answer = 'elsewhere' or municipality_code_valid(answer)
    else false end),
  constraint answer_counter_count_range check (count between 1 and 1000000)
);

-- What came out of a date, once for each kind and never changed: seats taken when its registration closed, people who came when it had ended.
-- A figure is a multiple of five; 0 stands for the band 0 to 7, null says that nobody counted.
-- broken_down_in names the date with whose figures this date's answers came out; null as long as too few people have come together.
create table report_release (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  kind            text not null,
  figure          integer,
  released_on     date not null default (app_now() at time zone 'Asia/Tokyo')::date,
  broken_down_in  uuid,
  constraint report_release_pkey primary key (occurrence_id, kind),
  constraint report_release_occurrence_fkey foreign key (organization_id, event_id, occurrence_id) references occurrence (organization_id, event_id, id) on delete cascade,
  constraint report_release_kind_known check (kind in ('closed', 'ended')),
  constraint report_release_figure_form check (figure >= 0 and figure % 5 = 0 and figure <> 5),
  constraint report_release_broken_down_closed check (broken_down_in is null or kind = 'closed')
);
create index report_release_event_idx on report_release (event_id, kind);

-- The answers to one question in one batch. The rows of a batch are the same whatever was answered, so that a row tells nothing by being there.
create table report_figure (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  question        text not null,
  answer          text not null,
  figure          integer not null,
  constraint report_figure_pkey primary key (occurrence_id, question, answer),
  constraint report_figure_release_fkey foreign key (organization_id, event_id, occurrence_id) references occurrence (organization_id, event_id, id) on delete cascade,
  constraint report_figure_question_known check (question in ('age', 'gender', 'standing', 'home')),
  constraint report_figure_answer_length check (length(answer) between 1 and 20),
  constraint report_figure_form check (figure >= 0 and figure % 5 = 0 and figure <> 5)
);
create index report_figure_event_idx on report_figure (event_id);

-- What has just closed, without a walk over all dates.
create index part_closing_idx on part ((coalesce(closes_at, starts_at))) where reservation <> 'none';

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['answer_counter', 'report_release', 'report_figure'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I to tnm_ledger using (true) with check (true)', t || '_ledger', t);
  end loop;
  -- 主催 and 共催 see the same figures; nobody else sees any.
  foreach t in array array['report_release', 'report_figure'] loop
    execute format($p$create policy %I on %I for select to tnm_staff using (organization_id = app_organization() or exists (
      select from event_organiser x where x.event_id = %I.event_id and x.organiser_id = app_organization()
        and x.role in ('host', 'co_host') and x.approval = 'approved'))$p$, t || '_hosts', t, t);
    execute format('grant select on %I to tnm_staff', t);
  end loop;
end
$$;
-- +goose StatementEnd
grant select, insert, update (count), delete on answer_counter to tnm_ledger;
grant select, insert, update (broken_down_in) on report_release to tnm_ledger;
grant insert on report_figure to tnm_ledger;
grant select on part, occurrence, event to tnm_ledger;

-- Numbers ------------------------------------------------------------------------------------------------------------
-- A Japanese fiscal year is named by the year in which its April lies.
create function fiscal_year(at timestamptz) returns integer
  language sql immutable parallel safe
  return extract(year from (at at time zone 'Asia/Tokyo') - interval '3 months')::integer;
grant execute on function fiscal_year(timestamptz) to tnm_staff, tnm_ledger;

-- What may be said of a number: nothing finer than the band 0 to 7, else the nearest multiple of five.
create function report_rounded(count integer) returns integer
  language sql immutable parallel safe
  return case when $1 <= 7 then 0 else ($1 + 2) / 5 * 5 end;

-- When the last registration of a date closes, its lots drawn; null when it takes none.
create function report_closes(occurrence uuid) returns timestamptz
  language sql stable set search_path = public, pg_temp
as $$
  select max(coalesce(p.draws_at, p.closes_at, p.starts_at)) from part p where p.occurrence_id = $1 and p.reservation <> 'none'
$$;

-- +goose StatementBegin
-- Two-sided geometric noise: k with the probability 2^-|k| / 3, so that no count comes out more than twice as likely as its neighbour, and none is
-- impossible. Rounding alone tells who knows everybody else what the last one answered, whenever the sum stands at an edge (ADR 0012).
-- gen_random_uuid is the server's cryptographic source; the bytes taken have no fixed bits.
create function report_noise() returns integer
  language plpgsql volatile set search_path = public, pg_temp
as $$
declare b constant text := encode(uuid_send(gen_random_uuid()), 'hex');
begin
  return length(substring(('x' || left(b, 12))::bit(48)::text from '^0*')) - length(substring(('x' || right(b, 12))::bit(48)::text from '^0*'));
end
$$;

-- The municipalities that can be answered for an event: those of its hosts, and whom they have an agreement with.
create function report_homes(event uuid) returns setof text
  language sql stable security definer set search_path = public, pg_temp
as $$
  with host as (
    select case when o.kind = 'municipality' then o.id else o.registered_by end as id
    from event_organiser x join organization o on o.id = x.organiser_id
    where x.event_id = $1 and x.role in ('host', 'co_host') and x.approval = 'approved'
  )
  select o.code from organization o
  where o.kind = 'municipality' and (o.id in (select h.id from host h) or exists (
    select from host h join partnership_member a on a.organization_id = h.id join partnership_member b using (partnership_id)
    where b.organization_id = o.id))
$$;

-- Which of these dates can't hope for more answers.
create function answer_closed(occurrences uuid[]) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
as $$
  select u.id from unnest($1) as u (id) left join occurrence o on o.id = u.id
  where o.id is null or coalesce(report_closes(u.id) <= app_now(), true)
$$;

-- Adds a batch: how often each answer was given. What the organisers don't ask, and what comes after the release, is dropped.
create function answer_add(occurrences uuid[], questions text[], answers text[], counts integer[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into answer_counter as a (organization_id, event_id, occurrence_id, question, answer, count)
  select o.organization_id, o.event_id, o.id, q.question, q.answer, sum(q.count)
  from unnest($1, $2, $3, $4) as q (occurrence_id, question, answer, count)
  join occurrence o on o.id = q.occurrence_id join event e on e.id = o.event_id
  where q.question = any (e.questions) and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'closed')
  group by 1, 2, 3, 4, 5
  order by 3, 4, 5
  on conflict (occurrence_id, question, answer) do update set count = least(1000000, a.count + excluded.count);
end
$$;

-- Brings out the answers of a date that has just closed, together with earlier dates of the event and fiscal year that were too small, if twenty people
-- took part in all; each answer comes out once, in one batch, and is forgotten with it.
create function report_break_down(event uuid, occurrence uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  asked text[];
  year integer;
  owner uuid;
  batch uuid[];
  people integer;
begin
  select array(select distinct unnest(e.questions)), fiscal_year(o.starts_at), o.organization_id into asked, year, owner
  from event e join occurrence o on o.event_id = e.id where e.id = $1 and o.id = $2;
  if cardinality(asked) = 0 then
    return;
  end if;
  select array_agg(r.occurrence_id) into batch
  from report_release r join occurrence o on o.id = r.occurrence_id
  where r.event_id = $1 and r.kind = 'closed' and r.broken_down_in is null and fiscal_year(o.starts_at) = year;
  select count(*) into people from quota q join ticket t on t.quota_id = q.id where q.event_id = $1 and q.occurrence_id = any (batch);
  if people < 20 then
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
    select c.question, case when c.question = 'home' and c.answer not in (select h from report_homes($1) h) then 'elsewhere' else c.answer end as answer, sum(c.count) as count
    from answer_counter c where c.occurrence_id = any (batch) group by 1, 2
  ), counted as (
    select c.question, c.answer, coalesce(g.count, 0) as count from choice c left join given g using (question, answer)
    union all
    select q, 'unknown', greatest(0, people - coalesce((select sum(g.count) from given g where g.question = q), 0)) from unnest(asked) q
  )
  select owner, $1, $2, c.question, c.answer, report_rounded(c.count::integer + report_noise()) from counted c order by c.question, c.answer;
  update report_release r set broken_down_in = $2 where r.kind = 'closed' and r.occurrence_id = any (batch);
  delete from answer_counter c where c.occurrence_id = any (batch);
end
$$;

-- Freezes what is due and gives how many figures came out: of dates whose registration closed at least half an hour ago, so that answers still on their way
-- have come in, and of dates whose doors have closed. One call at a time; the primary key would see to it too. Looks 40 days back.
create function report_freeze(at_most integer) returns integer
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
        where p.reservation <> 'none' and coalesce(p.closes_at, p.starts_at) between app_now() - interval '40 days' and app_now() - interval '30 minutes')
      and report_closes(o.id) <= app_now() - interval '30 minutes'
      and e.status = 'published' and o.status = 'scheduled'
      and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'closed')
    order by o.starts_at, o.id limit $1
  loop
    insert into report_release (organization_id, event_id, occurrence_id, kind, figure)
    select d.organization_id, d.event_id, d.id, 'closed', report_rounded(coalesce(sum(c.taken), 0)::integer) from quota_counter c
    where c.occurrence_id = d.id and not exists (select from slot s where s.quota_id = c.quota_id) -- a party with three slots is one
    on conflict (occurrence_id, kind) do nothing;
    if found then
      n := n + 1;
      perform report_break_down(d.event_id, d.id);
    end if;
  end loop;
  with ended as (
    insert into report_release (organization_id, event_id, occurrence_id, kind, figure)
    select o.organization_id, o.event_id, o.id, 'ended', report_rounded(nullif(
      (select coalesce(sum(c.peak), 0) from door_counter c where c.occurrence_id = o.id) + (select coalesce(sum(a.seats), 0) from door_arrival a where a.occurrence_id = o.id), 0)::integer)
    from occurrence o join event e on e.id = o.event_id
    where o.ends_at between app_now() - interval '40 days' and app_now() - interval '6 hours' and e.status = 'published' and o.status = 'scheduled'
      and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'ended')
    order by o.ends_at, o.id limit $1
    on conflict (occurrence_id, kind) do nothing
    returning 1
  )
  select n + count(*) into n from ended;
  -- Too few came together in their year, or the date never took place.
  delete from answer_counter c using occurrence o where o.id = c.occurrence_id and o.ends_at < app_now() - interval '400 days';
  return n;
end
$$;

create function door_counter_peaked() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  new.peak := greatest(old.peak, new.count);
  return new;
end
$$;
-- +goose StatementEnd

create trigger door_counter_peaked before update of count on door_counter for each row execute function door_counter_peaked();

grant create on schema public to tnm_ledger;
alter function report_closes(uuid) owner to tnm_ledger;
alter function report_homes(uuid) owner to tnm_ledger;
alter function answer_closed(uuid[]) owner to tnm_ledger;
alter function answer_add(uuid[], text[], text[], integer[]) owner to tnm_ledger;
alter function report_break_down(uuid, uuid) owner to tnm_ledger;
alter function report_freeze(integer) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function report_rounded(integer), report_noise() to tnm_ledger;
grant execute on function answer_closed(uuid[]), answer_add(uuid[], text[], text[], integer[]), report_homes(uuid) to tnm_public;
grant execute on function report_freeze(integer) to tnm_worker;

-- +goose Down
drop trigger door_counter_peaked on door_counter;
drop function door_counter_peaked();
drop function report_freeze(integer);
drop function report_break_down(uuid, uuid);
drop function answer_add(uuid[], text[], text[], integer[]);
drop function answer_closed(uuid[]);
drop function report_homes(uuid);
drop function report_noise();
drop function report_closes(uuid);
drop function report_rounded(integer);
drop function fiscal_year(timestamptz);
drop index part_closing_idx;
drop table report_figure;
drop table report_release;
drop table answer_counter;
alter table door_counter drop constraint door_counter_peak_range, drop column peak;
alter table event drop constraint event_questions_known, drop column questions;

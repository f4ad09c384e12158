-- Adds a batch: how often each answer was given. What the organisers don't ask, and what comes
-- after the release, is dropped.
-- It is in the database because it judges a whole batch in one call, with one commit.
create or replace function answer_add(occurrences uuid[], questions text[], answers text[], counts integer[])
  returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into answer_counter as a (organization_id, event_id, occurrence_id, question, answer, count)
  select o.organization_id, o.event_id, o.id, q.question, q.answer, sum(q.count)
  from unnest($1, $2, $3, $4) as q (occurrence_id, question, answer, count)
  join occurrence o on o.id = q.occurrence_id join event e on e.id = o.event_id
  where q.question = any (e.questions)
    and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'closed')
  group by 1, 2, 3, 4, 5
  order by 3, 4, 5
  on conflict (occurrence_id, question, answer) do update set count = least(1000000, a.count + excluded.count);
end
$$;
alter function answer_add(uuid[], text[], text[], integer[]) owner to tnm_ledger;
grant execute on function answer_add(uuid[], text[], text[], integer[]) to tnm_public;

-- Which of these dates can't hope for more answers.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function answer_closed(occurrences uuid[]) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
as $$
  select u.id from unnest($1) as u (id) left join occurrence o on o.id = u.id
  where o.id is null or coalesce(report_closes(u.id) <= app_now(), true)
$$;
alter function answer_closed(uuid[]) owner to tnm_ledger;
grant execute on function answer_closed(uuid[]) to tnm_public;

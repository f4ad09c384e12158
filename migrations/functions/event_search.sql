-- Finds listed events by words (LIKE patterns, at least one of three characters) and tags. A
-- function, because row-level security keeps operators that are not leakproof, LIKE and && among
-- them, away from indexes; what is listed is public. Planned for its arguments each time.
-- It is in the database because its plan must not be made anew, and row-level security would keep
-- it from its index.
create or replace function event_search(patterns text[], tags text[], most integer) returns setof uuid
  language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off
as $$
begin
  return query execute 'select e.id from event e where e.listed'
    || coalesce((select string_agg(format(' and e.search_text like %L', p), '') from unnest(patterns) p), '')
    || case when tags is null then '' else format(' and e.audience_tags && %L::text[]', tags) end
    || format(' limit %s', most);
end
$$;
alter function event_search(text[], text[], integer) owner to tnm_ledger;
grant execute on function event_search(text[], text[], integer) to tnm_public;

-- The list of a listed event once it is fixed. Nothing of it leads to a ticket. It is in the
-- database because of privacy: the caller may not read the rows, and this is all it is told.
create or replace function lottery_published(event uuid, part uuid)
  returns table (number text, quota_id uuid, seats smallint, outcome text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select e.number, e.quota_id, e.seats, e.outcome
  from lottery_draw d join event v on v.id = d.event_id join lottery_entry e on e.part_id = d.part_id
  where d.event_id = $1 and d.part_id = $2 and d.state <> 'open' and v.listed
  order by e.number
$$;
alter function lottery_published(uuid, uuid) owner to tnm_ledger;
grant execute on function lottery_published(uuid, uuid) to tnm_public;

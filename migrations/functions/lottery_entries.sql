-- The entries of a draw, for the worker that draws.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function lottery_entries(part uuid)
  returns table (ticket_id uuid, number text, quota_id uuid, seats smallint, outcome text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select e.ticket_id, e.number, e.quota_id, e.seats, e.outcome from lottery_entry e where e.part_id = $1
$$;
alter function lottery_entries(uuid) owner to tnm_ledger;
grant execute on function lottery_entries(uuid) to tnm_worker;

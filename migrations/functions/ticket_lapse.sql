-- Ends the wait of those whose last wish has passed its moment; gives how many. For the worker.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function ticket_lapse(at_most integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare n integer;
begin
  update ticket k set status = 'lapsed', nickname = null
  where k.status = 'waiting' and k.id in (
    select w.ticket_id from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id
    group by w.ticket_id having max(part_waits_until(p)) <= app_now() limit $1);
  get diagnostics n = row_count;
  return n;
end
$$;
alter function ticket_lapse(integer) owner to tnm_ledger;
grant execute on function ticket_lapse(integer) to tnm_worker;

-- Seats of codes whose moment has passed, of revoked sheets and of cancelled tickets go back; codes
-- are deleted with the tickets of their date: after its end, and for a date that was put off only
-- when it got no new times for long. For the worker.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function paper_return(after_date interval, after_put_off interval, out returned integer,
  out deleted integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare open uuid;
begin
  returned := 0;
  for open in
    select p.open_quota_id from paper_pool p
    join quota_counter c on c.quota_id = p.paper_quota_id
    join occurrence o on o.id = p.occurrence_id
    where c.capacity > c.taken and o.ends_at > app_now() order by p.open_quota_id
  loop
    returned := returned + paper_settle(open);
  end loop;
  delete from paper_code k using paper_sheet s
  join paper_pool p on p.open_quota_id = s.open_quota_id
  join occurrence o on o.id = p.occurrence_id
  where s.id = k.sheet_id and o.ends_at < app_now() - $1 and occurrence_kept_until(o, $1, $2) < app_now();
  get diagnostics deleted = row_count;
end
$$;
alter function paper_return(interval, interval) owner to tnm_ledger;
grant execute on function paper_return(interval, interval) to tnm_worker;

-- Ends the offers of one quota whose time is over; their seats go on to the next in line. Gives how
-- many there were: 0 when none is due. For the worker.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function ticket_lapse_offers() returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  quota uuid;
  n integer;
begin
  select o.quota_id into quota
  from ticket_offer o
  join quota q on q.id = o.quota_id
  join part p on p.id = q.part_id
  join quota_counter c on c.quota_id = o.quota_id
  where (o.until <= app_now() or p.starts_at <= app_now()) and c.accepting
  order by o.until, o.quota_id limit 1;
  if not found then
    return 0;
  end if;
  perform from quota_counter c where c.quota_id = quota for update;
  update ticket k set status = 'lapsed', nickname = null
  from ticket_offer o join quota q on q.id = o.quota_id join part p on p.id = q.part_id
  where o.quota_id = quota and k.id = o.ticket_id and k.status = 'offered' and least(o.until, p.starts_at) <= app_now();
  get diagnostics n = row_count;
  return n;
end
$$;
alter function ticket_lapse_offers() owner to tnm_ledger;
grant execute on function ticket_lapse_offers() to tnm_worker;

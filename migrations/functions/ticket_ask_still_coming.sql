-- Asks those who hold seats that others wait for, from two days before the start on, whether they
-- are still coming; each ticket once, and nobody in the night. Only as long as a seat that comes
-- free can go to the line. Gives how many were asked. For the worker.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function ticket_ask_still_coming() returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  n integer := 0;
  r record;
begin
  if extract(hour from app_now() at time zone 'Asia/Tokyo') not between 7 and 21 then
    return 0;
  end if;
  for r in
    with asked as (
      update ticket k set still_coming = false
      from (
        select distinct w.quota_id from ticket_wish w
        join quota q on q.id = w.quota_id
        join part p on p.id = q.part_id
        join quota_counter c on c.quota_id = q.id
        where c.accepting and app_now() >= p.starts_at - interval '48 hours' and app_now() < part_waits_until(p)
      ) l
      where k.quota_id = l.quota_id and k.status = 'confirmed' and k.still_coming is null and k.secret_mac is not null
      returning k.id
    )
    select a.id from asked a
  loop
    perform notice_write(r.id, 'still_coming');
    n := n + 1;
  end loop;
  return n;
end
$$;
alter function ticket_ask_still_coming() owner to tnm_ledger;
grant execute on function ticket_ask_still_coming() to tnm_worker;

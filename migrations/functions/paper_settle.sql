-- Moves what no code of a pool claims any more back to where it came from, in both counters' order;
-- the waiting list is served in the same transaction.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function paper_settle(open_quota uuid) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  paper uuid;
  surplus integer;
begin
  select p.paper_quota_id into paper from paper_pool p where p.open_quota_id = $1;
  perform from quota_counter c where c.quota_id in ($1, paper) order by c.quota_id for update;
  select c.capacity - c.taken - coalesce((
      select sum(s.seats_each) from paper_sheet s join paper_code k on k.sheet_id = s.id
      where s.open_quota_id = $1 and s.revoked_at is null and app_now() < s.returns_at
        and not exists (select from paper_claim u where u.mac = k.mac)), 0)
    into surplus from quota_counter c where c.quota_id = paper;
  if coalesce(surplus, 0) <= 0 then
    return 0;
  end if;
  update quota_counter c set capacity = c.capacity - surplus where c.quota_id = paper;
  update quota_counter c set capacity = c.capacity + surplus where c.quota_id = $1;
  return surplus;
end
$$;
alter function paper_settle(uuid) owner to tnm_ledger;

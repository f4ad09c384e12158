-- Says yes: to an offer, or to the question whether one is still coming. Twice is once.
-- outcome: confirmed, lapsed (too late: the seats are the next one's), waiting (nothing was offered
-- yet), cancelled, over, unknown.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_confirm(mac bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t record;
begin
  select k.id, k.status, k.quota_id, p.ends_at, c.accepting and app_now() >= least(o.until, p.starts_at) as late into t
  from ticket k
  join part p on p.id = k.part_id
  join quota_counter c on c.quota_id = k.quota_id
  left join ticket_offer o on o.ticket_id = k.id
  where k.secret_mac = $1;
  if not found then
    return 'unknown';
  elsif t.status = 'confirmed' and app_now() >= t.ends_at then
    return 'over';
  elsif t.status = 'offered' and t.late then
    -- The counter first, as everywhere; the seats go to the next in line in this transaction.
    perform from quota_counter c where c.quota_id = t.quota_id for update;
    update ticket k set status = 'lapsed', nickname = null where k.id = t.id and k.status = 'offered';
  elsif t.status in ('offered', 'confirmed') then
    update ticket k set status = 'confirmed', still_coming = true
    where k.id = t.id and k.secret_mac = $1 and (k.status = 'offered' or k.status = 'confirmed' and not k.still_coming);
  end if;
  -- What it is by now, for it may have been cancelled or have lapsed at this moment.
  select case k.status
    when 'confirmed' then 'confirmed' when 'lapsed' then 'lapsed' when 'cancelled' then 'cancelled'
      when 'offered' then 'lapsed' else 'waiting' end as outcome into t
  from ticket k where k.secret_mac = $1;
  return coalesce(t.outcome, 'unknown');
end
$$;
alter function ticket_confirm(bytea) owner to tnm_ledger;
grant execute on function ticket_confirm(bytea) to tnm_public;

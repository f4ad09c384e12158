-- outcome: revoked, already, unknown.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function paper_revoke(event uuid, sheet uuid) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare open uuid;
begin
  select s.open_quota_id into open from paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id
  where s.id = $2 and p.event_id = $1 and s.organization_id = app_organization();
  if not found then
    return 'unknown';
  end if;
  perform from quota_counter c
  join paper_pool p on c.quota_id in (p.open_quota_id, p.paper_quota_id)
  where p.open_quota_id = open order by c.quota_id for update of c;
  update paper_sheet s set revoked_at = app_now() where s.id = $2 and s.revoked_at is null;
  if not found then
    return 'already';
  end if;
  perform paper_settle(open);
  return 'revoked';
end
$$;
alter function paper_revoke(uuid, uuid) owner to tnm_ledger;
grant execute on function paper_revoke(uuid, uuid) to tnm_staff;

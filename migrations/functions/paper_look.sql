-- What a code is good for. outcome: good, used, over (revoked, or its seats have gone back),
-- not_accepting; no row for a code that nobody printed.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function paper_look(macs bytea[])
  returns table (outcome text, event_id uuid, occurrence_id uuid, part_id uuid, quota_id uuid, seats integer,
    returns_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select case
      when exists (select from paper_claim u where u.mac = k.mac) then 'used'
      when s.revoked_at is not null or app_now() >= least(s.returns_at, t.starts_at) then 'over'
      when not c.accepting then 'not_accepting'
      else 'good'
    end, p.event_id, p.occurrence_id, p.part_id, p.paper_quota_id, s.seats_each::int, s.returns_at
  from paper_code k join paper_sheet s on s.id = k.sheet_id join paper_pool p on p.open_quota_id = s.open_quota_id
  join part t on t.id = p.part_id join quota_counter c on c.quota_id = p.paper_quota_id
  where k.mac = any ($1)
$$;
alter function paper_look(bytea[]) owner to tnm_ledger;
grant execute on function paper_look(bytea[]) to tnm_public;

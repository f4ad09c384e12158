-- Until when a link judges no day codes; null when it does.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function door_paused(macs bytea[]) returns timestamptz
  language sql stable security definer set search_path = public, pg_temp
as $$
  select l.paused_until from door_link l where l.mac = any ($1) and l.revoked_at is null and l.paused_until > app_now()
$$;
alter function door_paused(bytea[]) owner to tnm_ledger;
grant execute on function door_paused(bytea[]) to tnm_public;

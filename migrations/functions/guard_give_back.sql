-- Takes seats off the count of a network: they were not granted after all.
-- It is in the database because only the ledger's role may write these rows, and callers no more of
-- them than this.
create or replace function guard_give_back(network bytea, quota uuid, slot timestamptz, seats integer) returns void
  language sql security definer set search_path = public, pg_temp
as $$ update guard_share s set seats = greatest(0, s.seats - $4)
  where s.network = $1 and s.quota_id = $2 and s.slot = $3 $$;
alter function guard_give_back(bytea, uuid, timestamp with time zone, integer) owner to tnm_ledger;
grant execute on function guard_give_back(bytea, uuid, timestamp with time zone, integer) to tnm_public;

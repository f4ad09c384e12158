-- False when the challenge was spent before.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function guard_spend(id bytea, expires_at timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into guard_spent (id, expires_at) values ($1, $2) on conflict on constraint guard_spent_pkey do nothing;
  return found;
end
$$;
alter function guard_spend(bytea, timestamp with time zone) owner to tnm_ledger;
grant execute on function guard_spend(bytea, timestamp with time zone) to tnm_public;

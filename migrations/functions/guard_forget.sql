-- Forgets challenges, keys, processes, counts and refusals that are over. Gives how many.
-- It is in the database because only the ledger's role may write these rows, and callers no more of
-- them than this.
create or replace function guard_forget() returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare n integer; total integer;
begin
  delete from guard_spent s where s.expires_at < app_now() - interval '1 hour';
  get diagnostics total = row_count;
  delete from guard_share s where s.slot < app_now() - interval '10 minutes';
  get diagnostics n = row_count;
  total := total + n;
  delete from guard_key k where k.hour < app_now() - interval '2 hours';
  get diagnostics n = row_count;
  total := total + n;
  delete from guard_process p where p.seen_at < app_now() - interval '5 minutes';
  get diagnostics n = row_count;
  total := total + n;
  delete from ticket_refusal f where f.refused_at < app_now() - interval '1 minute';
  get diagnostics n = row_count;
  return total + n;
end
$$;
alter function guard_forget() owner to tnm_ledger;
grant execute on function guard_forget() to tnm_worker;

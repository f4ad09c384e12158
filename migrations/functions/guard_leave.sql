-- A process says that it serves no longer.
-- It is in the database because only the ledger's role may write these rows, and callers no more of
-- them than this.
create or replace function guard_leave(process uuid) returns void
  language sql security definer set search_path = public, pg_temp
as $$ delete from guard_process p where p.id = $1 $$;
alter function guard_leave(uuid) owner to tnm_ledger;
grant execute on function guard_leave(uuid) to tnm_public;

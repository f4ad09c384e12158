-- A quota that tickets hold is not deleted. Erased tickets leave their count behind, and such a
-- quota stays too.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function quota_counter_before_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if old.taken > 0 or exists (select from ticket t where t.quota_id = old.quota_id) then
    raise exception using errcode = 'foreign_key_violation', constraint = 'ticket_quota_fkey',
      message = 'tickets hold this quota';
  end if;
  return old;
end
$$;
alter function quota_counter_before_delete() owner to tnm_ledger;

create trigger quota_counter_before_delete before delete on quota_counter
  for each row execute function quota_counter_before_delete();

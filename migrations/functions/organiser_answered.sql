-- Its answer ends the question. A trigger of the ledger's, because the one who answers may not
-- delete the owner's row.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function organiser_answered() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from organiser_question q where q.event_id = new.event_id and q.organiser_id = new.organiser_id;
  return null;
end
$$;
alter function organiser_answered() owner to tnm_ledger;

create trigger organiser_answered after update of approval, decided_at on event_organiser for each row
  when (new.decided_at is not null and new.decided_at is distinct from old.decided_at)
    execute function organiser_answered();

-- The times of parts and slots, within the same rule.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function occurrence_child_moves_ahead() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if moves_into_past(old.starts_at, old.ends_at, new.starts_at, new.ends_at)
     and current_setting('app.correction', true) is distinct from new.occurrence_id::text
     and exists (select from event e where e.id = new.event_id and e.published_at is not null) then
    raise exception using errcode = 'check_violation', constraint = 'occurrence_not_into_past',
      message = 'nothing of a published date is moved into the past';
  end if;
  return new;
end
$$;
alter function occurrence_child_moves_ahead() owner to tnm_ledger;

create trigger part_moves_ahead before update on part for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at))
    execute function occurrence_child_moves_ahead();
create trigger slot_moves_ahead before update on slot for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at))
    execute function occurrence_child_moves_ahead();

-- A published date moves ahead only, and keeps until when people could have come (docs/adr/0026).
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function occurrence_moves_ahead() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  -- Who corrects what took place says so for this transaction, and of a date that has begun.
  corrected boolean;
  kept_until timestamptz;
begin
  if tg_op = 'INSERT' then
    new.reached_until := null;
    return new;
  end if;
  if not exists (select from event e where e.id = new.event_id and e.published_at is not null) then
    return new; -- announced to nobody
  end if;
  corrected := coalesce(current_setting('app.correction', true) = old.id::text and old.starts_at <= app_now(), false);
  if not corrected and moves_into_past(old.starts_at, old.ends_at, new.starts_at, new.ends_at) then
    raise exception using errcode = 'check_violation', constraint = 'occurrence_not_into_past',
      message = 'a published date is not moved into the past';
  end if;
  if new.ends_at > old.ends_at and new.ends_at > greatest(app_now(), old.ends_at) + interval '400 days' then
    raise exception using errcode = 'check_violation', constraint = 'occurrence_not_too_far',
      message = 'a published date is not moved further than 400 days';
  end if;
  -- A put-off date kept its people waiting until now; any other was held until it ended, or is
  -- being held.
  kept_until := occurrence_kept_until(old, interval '7 days', interval '400 days');
  new.reached_until := greatest(old.reached_until, case
    when old.status = 'postponed' and kept_until >= app_now() then app_now()
    when old.status <> 'postponed' and old.starts_at <= app_now() then least(old.ends_at, app_now()) end);
  -- What is about to be erased, or was, stays so: seats would be taken for nobody. A day is left,
  -- so that no move meets the eraser.
  if kept_until - interval '1 day' < app_now() and new.status <> 'cancelled'
     and occurrence_kept_until(new, interval '7 days', interval '400 days') - interval '1 day' >= app_now() then
    raise exception using errcode = 'check_violation', constraint = 'occurrence_not_long_over',
      message = 'a date that was over long ago does not come back';
  end if;
  return new;
end
$$;
alter function occurrence_moves_ahead() owner to tnm_ledger;

create trigger occurrence_moves_ahead before insert on occurrence
  for each row execute function occurrence_moves_ahead();
create trigger occurrence_moves_ahead_update before update on occurrence for each row
  when ((old.starts_at, old.ends_at, old.status) is distinct from (new.starts_at, new.ends_at, new.status))
    execute function occurrence_moves_ahead();

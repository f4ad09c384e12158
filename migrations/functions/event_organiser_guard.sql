-- Nobody says yes for a neighbour, and a neighbour changes nothing but its own yes.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function event_organiser_guard() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    if new.approval <> 'pending' and new.organiser_id is distinct from app_organization() then
      raise exception using errcode = 'check_violation', constraint = 'event_organiser_decides_for_itself',
        message = 'approval belongs to the organiser';
    end if;
    return new;
  end if;
  if (new.organization_id, new.event_id, new.organiser_id)
    is distinct from (old.organization_id, old.event_id, old.organiser_id) then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_fixed',
      message = 'organiser rows do not change hands';
  end if;
  if (new.approval, new.decided_at) is distinct from (old.approval, old.decided_at)
     and new.organiser_id is distinct from app_organization()
     -- a new role asks again, and so does the worker when a question was not answered (its policy
     -- says which)
     and not (new.approval = 'pending' and new.decided_at is null
       and (new.role <> old.role or current_user = 'tnm_worker')) then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_decides_for_itself',
      message = 'approval belongs to the organiser';
  end if;
  if (new.role, new.position) is distinct from (old.role, old.position)
    and new.organization_id is distinct from app_organization() then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_role_by_owner',
      message = 'role and order belong to the owner';
  end if;
  return new;
end
$$;

create trigger event_organiser_guard before insert or update on event_organiser
  for each row execute function event_organiser_guard();

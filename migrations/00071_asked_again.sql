-- +goose Up
-- A co-organiser said yes to what it saw. When what it stands for changes afterwards it is asked again, and stays listed until answer_by or its answer (docs/adr/0027).
create table organiser_question (
  organization_id uuid not null,
  event_id        uuid not null,
  organiser_id    uuid not null,
  -- what has changed since its last answer
  fields          text[] not null,
  -- rises with every change, so that a yes to an older one can be told
  revision        integer not null default 1,
  asked_at        timestamptz not null default app_now(),
  answer_by       timestamptz not null,
  -- nobody answered in time: the approval is taken back and the question stands
  lapsed_at       timestamptz,
  constraint organiser_question_pkey primary key (event_id, organiser_id),
  constraint organiser_question_organiser_fkey foreign key (event_id, organiser_id) references event_organiser (event_id, organiser_id) on delete cascade,
  constraint organiser_question_event_fkey foreign key (organization_id, event_id) references event (organization_id, id) on delete cascade,
  constraint organiser_question_fields check (cardinality(fields) between 1 and 20),
  constraint organiser_question_revision check (revision > 0),
  constraint organiser_question_another check (organiser_id <> organization_id)
);
create index organiser_question_due_idx on organiser_question (answer_by) where lapsed_at is null;

alter table organiser_question enable row level security;
alter table organiser_question force row level security;
create policy organiser_question_own on organiser_question to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy organiser_question_asked on organiser_question for select to tnm_staff using (organiser_id = app_organization());
create policy organiser_question_jobs on organiser_question to tnm_worker, tnm_ledger using (true) with check (true);
grant select on organiser_question to tnm_staff, tnm_worker, tnm_ledger;
grant insert (organization_id, event_id, organiser_id, fields, answer_by), update (fields, revision) on organiser_question to tnm_staff;
grant update (lapsed_at), delete on organiser_question to tnm_worker;
grant delete on organiser_question to tnm_ledger;

-- Its answer ends the question. A trigger of the ledger's, because the one who answers may not delete the owner's row.
-- +goose StatementBegin
create function organiser_answered() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from organiser_question q where q.event_id = new.event_id and q.organiser_id = new.organiser_id;
  return null;
end
$$;
-- +goose StatementEnd
grant create on schema public to tnm_ledger;
alter function organiser_answered() owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
create trigger organiser_answered after update of approval, decided_at on event_organiser for each row
  when (new.decided_at is not null and new.decided_at is distinct from old.decided_at) execute function organiser_answered();

-- The worker takes an approval back that nobody renewed in time, and nothing else.
grant update (approval, decided_at) on event_organiser to tnm_worker;
create policy event_organiser_lapses on event_organiser for update to tnm_worker
  using (exists (select from organiser_question q where q.event_id = event_organiser.event_id and q.organiser_id = event_organiser.organiser_id and q.answer_by <= app_now()))
  with check (approval = 'pending');
-- +goose StatementBegin
create or replace function event_organiser_guard() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    if new.approval <> 'pending' and new.organiser_id is distinct from app_organization() then
      raise exception using errcode = 'check_violation', constraint = 'event_organiser_decides_for_itself', message = 'approval belongs to the organiser';
    end if;
    return new;
  end if;
  if (new.organization_id, new.event_id, new.organiser_id) is distinct from (old.organization_id, old.event_id, old.organiser_id) then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_fixed', message = 'organiser rows do not change hands';
  end if;
  if (new.approval, new.decided_at) is distinct from (old.approval, old.decided_at) and new.organiser_id is distinct from app_organization()
     -- a new role asks again, and so does the worker when a question was not answered (its policy says which)
     and not (new.approval = 'pending' and new.decided_at is null and (new.role <> old.role or current_user = 'tnm_worker')) then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_decides_for_itself', message = 'approval belongs to the organiser';
  end if;
  if (new.role, new.position) is distinct from (old.role, old.position) and new.organization_id is distinct from app_organization() then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_role_by_owner', message = 'role and order belong to the owner';
  end if;
  return new;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function event_organiser_guard() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    if new.approval <> 'pending' and new.organiser_id is distinct from app_organization() then
      raise exception using errcode = 'check_violation', constraint = 'event_organiser_decides_for_itself', message = 'approval belongs to the organiser';
    end if;
    return new;
  end if;
  if (new.organization_id, new.event_id, new.organiser_id) is distinct from (old.organization_id, old.event_id, old.organiser_id) then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_fixed', message = 'organiser rows do not change hands';
  end if;
  if (new.approval, new.decided_at) is distinct from (old.approval, old.decided_at) and new.organiser_id is distinct from app_organization()
     -- a new role asks again
     and not (new.approval = 'pending' and new.decided_at is null and new.role <> old.role) then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_decides_for_itself', message = 'approval belongs to the organiser';
  end if;
  if (new.role, new.position) is distinct from (old.role, old.position) and new.organization_id is distinct from app_organization() then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_role_by_owner', message = 'role and order belong to the owner';
  end if;
  return new;
end
$$;
-- +goose StatementEnd
drop policy event_organiser_lapses on event_organiser;
revoke update (approval, decided_at) on event_organiser from tnm_worker;
drop trigger organiser_answered on event_organiser;
drop function organiser_answered();
drop table organiser_question;

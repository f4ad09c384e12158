-- +goose Up
-- With which token the member acts in this transaction; null for who logged in.
create function app_token() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.token', true), '')::uuid;

-- Who had a hand in issuing a token: the member who issued it and, when that was done with a token, those behind that one. Empty: the operator issued it at the command line.
alter table api_token add column issuers uuid[] not null default '{}';
-- The ledger knows of each token that was ever issued by whom.
update api_token t set issuers = array[a.actor_id]
from audit_entry a where a.action = 'token.issue' and a.subject_id = t.id and a.organization_id = t.organization_id and a.actor_kind = 'staff';

-- +goose StatementBegin
create function app_token_issuers() returns uuid[]
  language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
  if app_token() is null then
    return null;
  end if;
  return (select t.issuers from api_token t where t.id = app_token());
end
$$;

-- Everybody who may be behind what is done in this transaction: they count as one person where a second one is asked for.
create function app_persons() returns uuid[]
  language sql stable
  return array_remove(array[app_actor()], null) || coalesce(app_token_issuers(), '{}');

-- The second step of an approval is another person's, whoever's tokens are used.
create function booking_second_person() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if old.approved_persons && app_persons() then
    raise exception using errcode = 'check_violation', constraint = 'booking_second_person', table = 'booking', message = 'the second approval is another person''s';
  end if;
  new.approved_persons := app_persons();
  return new;
end
$$;
create function booking_approval_begins() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  new.approved_persons := null;
  return new;
end
$$;
-- +goose StatementEnd
create policy api_token_ledger on api_token for select to tnm_ledger using (true);
grant select (id, issuers) on api_token to tnm_ledger;
grant create on schema public to tnm_ledger;
alter function app_token_issuers() owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function app_token(), app_token_issuers(), app_persons() to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
alter table api_token alter column issuers set default app_persons();

-- The ledger names the token and who issued it.
alter table audit_entry add column token_id uuid, add column token_issuers uuid[];
alter table audit_entry alter column token_id set default app_token(), alter column token_issuers set default app_token_issuers();

alter table booking add column approved_persons uuid[]; -- null: nobody yet
update booking set approved_persons = array[approved_by] where approved_by is not null;
create trigger booking_second_person before update of approvals on booking for each row
  when (new.approvals > old.approvals) execute function booking_second_person();
create trigger booking_approval_begins before update of approvals on booking for each row
  when (new.approvals = 0 and old.approved_persons is not null) execute function booking_approval_begins();

-- +goose Down
drop trigger booking_approval_begins on booking;
drop trigger booking_second_person on booking;
alter table booking drop column approved_persons;
alter table audit_entry drop column token_issuers, drop column token_id;
alter table api_token drop column issuers;
drop policy api_token_ledger on api_token;
drop function booking_approval_begins();
drop function booking_second_person();
drop function app_persons();
drop function app_token_issuers();
drop function app_token();

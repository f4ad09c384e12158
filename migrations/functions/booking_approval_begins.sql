-- An approval that begins anew forgets who agreed before.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function booking_approval_begins() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  new.approved_persons := null;
  return new;
end
$$;

create trigger booking_approval_begins before update of approvals on booking for each row
  when (new.approvals = 0 and old.approved_persons is not null) execute function booking_approval_begins();

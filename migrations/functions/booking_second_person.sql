-- The second step of an approval is another person's, whoever's tokens are used.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function booking_second_person() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if old.approved_persons && app_persons() then
    raise exception using errcode = 'check_violation', constraint = 'booking_second_person', table = 'booking',
      message = 'the second approval is another person''s';
  end if;
  new.approved_persons := app_persons();
  return new;
end
$$;

create trigger booking_second_person before update of approvals on booking for each row
  when (new.approvals > old.approvals) execute function booking_second_person();

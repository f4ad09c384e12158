-- Lots that are drawn late leave as much time to answer as was promised: the day of acceptance
-- moves with the draw, in the same statement, and at no other time.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function booking_round_goes_forward() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if (new.id, new.organization_id, new.span, new.commitment, new.seed)
      <> (old.id, old.organization_id, old.span, old.commitment, old.seed)
    or old.list is not null and (new.list is distinct from old.list or new.list_digest is distinct from old.list_digest)
    or old.revealed is not null
      and (new.revealed is distinct from old.revealed or new.withdrawn <> old.withdrawn or new.struck <> old.struck)
    or old.list is not null
      and (new.opens_at, new.closes_at, new.draws_at) <> (old.opens_at, old.closes_at, old.draws_at)
    or old.list is not null and new.accept_until <> old.accept_until
      and not (old.state = 'closed' and new.state = 'drawn' and new.accept_until > old.accept_until)
    or new.state <> old.state
      and (old.state, new.state) not in (('open', 'closed'), ('closed', 'drawn'), ('drawn', 'finished'),
        ('open', 'cancelled'), ('closed', 'cancelled')) then
    raise exception using errcode = 'check_violation', constraint = 'booking_round_goes_forward',
      table = 'booking_round', message = 'a round does not go back on its word';
  end if;
  return new;
end
$$;

create trigger booking_round_goes_forward before update on booking_round
  for each row execute function booking_round_goes_forward();

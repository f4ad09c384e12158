-- +goose Up
-- Lots that are drawn late leave as much time to answer as was promised: the day of acceptance moves with the draw, in the same statement, and at no other time.
-- +goose StatementBegin
create or replace function booking_round_goes_forward() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if (new.id, new.organization_id, new.span, new.commitment, new.seed) <> (old.id, old.organization_id, old.span, old.commitment, old.seed)
    or old.list is not null and (new.list is distinct from old.list or new.list_digest is distinct from old.list_digest)
    or old.revealed is not null and (new.revealed is distinct from old.revealed or new.withdrawn <> old.withdrawn or new.struck <> old.struck)
    or old.list is not null and (new.opens_at, new.closes_at, new.draws_at) <> (old.opens_at, old.closes_at, old.draws_at)
    or old.list is not null and new.accept_until <> old.accept_until and not (old.state = 'closed' and new.state = 'drawn' and new.accept_until > old.accept_until)
    or new.state <> old.state and (old.state, new.state) not in (('open', 'closed'), ('closed', 'drawn'), ('drawn', 'finished'), ('open', 'cancelled'), ('closed', 'cancelled')) then
    raise exception using errcode = 'check_violation', constraint = 'booking_round_goes_forward', table = 'booking_round', message = 'a round does not go back on its word';
  end if;
  return new;
end
$$;

-- Tells the seed, which choices were struck, and until when results are to be accepted. The one without that moment stays for programs of before.
create function booking_round_tell(round uuid, lost uuid[], struck text[], accept_until timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update booking_application a set outcome = case when a.id = any ($2) then 'lost' else 'not_drawn' end where a.round_id = $1 and a.outcome is null;
  update booking_round r set state = 'drawn', revealed = r.seed, drawn_at = app_now(), struck = $3, accept_until = $4 where r.id = $1;
end
$$;
-- +goose StatementEnd
grant create on schema public to tnm_ledger;
alter function booking_round_tell(uuid, uuid[], text[], timestamptz) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function booking_round_tell(uuid, uuid[], text[], timestamptz) to tnm_worker;

-- +goose Down
drop function booking_round_tell(uuid, uuid[], text[], timestamptz);
-- +goose StatementBegin
create or replace function booking_round_goes_forward() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if (new.id, new.organization_id, new.span, new.commitment, new.seed) <> (old.id, old.organization_id, old.span, old.commitment, old.seed)
    or old.list is not null and (new.list is distinct from old.list or new.list_digest is distinct from old.list_digest)
    or old.revealed is not null and (new.revealed is distinct from old.revealed or new.withdrawn <> old.withdrawn or new.struck <> old.struck)
    or old.list is not null and (new.opens_at, new.closes_at, new.draws_at, new.accept_until) <> (old.opens_at, old.closes_at, old.draws_at, old.accept_until)
    or new.state <> old.state and (old.state, new.state) not in (('open', 'closed'), ('closed', 'drawn'), ('drawn', 'finished'), ('open', 'cancelled'), ('closed', 'cancelled')) then
    raise exception using errcode = 'check_violation', constraint = 'booking_round_goes_forward', table = 'booking_round', message = 'a round does not go back on its word';
  end if;
  return new;
end
$$;
-- +goose StatementEnd

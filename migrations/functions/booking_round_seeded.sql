-- Gives a new round its seed and publishes the commitment to it.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function booking_round_seeded() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  -- 366 random bits
  new.seed := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
  new.commitment := lottery_commitment(new.id, new.seed);
  new.state := 'open';
  return new;
end
$$;
alter function booking_round_seeded() owner to tnm_ledger;

create trigger booking_round_seeded before insert on booking_round for each row execute function booking_round_seeded();

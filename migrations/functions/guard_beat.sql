-- A process says that it serves and hears how many do, and the keys of this hour, the one before
-- and the next, so that all change at one moment. fresh are keys for this hour and the next if
-- nobody made them yet.
-- It is in the database because only the ledger's role may write these rows, and callers no more of
-- them than this.
create or replace function guard_beat(process uuid, fresh bytea[], out processes integer, out last_key bytea,
  out now_key bytea, out next_key bytea)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare this constant timestamptz := date_trunc('hour', app_now());
begin
  insert into guard_process (id, seen_at)
  values ($1, app_now())
  on conflict on constraint guard_process_pkey do update set seen_at = excluded.seen_at;
  insert into guard_key (hour, key)
  values (this, $2[1]), (this + interval '1 hour', $2[2])
  on conflict on constraint guard_key_pkey do nothing;
  select count(*) into processes from guard_process p where p.seen_at > app_now() - interval '30 seconds';
  select k.key into now_key from guard_key k where k.hour = this;
  select k.key into last_key from guard_key k where k.hour = this - interval '1 hour';
  select k.key into next_key from guard_key k where k.hour = this + interval '1 hour';
end
$$;
alter function guard_beat(uuid, bytea[]) owner to tnm_ledger;
grant execute on function guard_beat(uuid, bytea[]) to tnm_public;

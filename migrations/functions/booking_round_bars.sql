-- Whether a space at a time is kept for a round: from the borrower of that booking, or without one
-- from the transaction's organization. While the list is fixed it is kept from everybody, otherwise
-- from all but the lender, in whose transactions others move up. whole: whether it is to be had
-- whole, or in common. Not in SQL, which would be planned at every call.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function booking_round_bars(space uuid, span tstzrange, booking uuid, whole boolean) returns boolean
  language plpgsql stable set search_path = public, pg_temp
as $$
begin
  return exists (
    select from booking_round_space k join booking_round r on r.id = k.round_id
    where k.span && $2 and k.space_id = $1 and ($4 or k.taker is distinct from '00000000-0000-0000-0000-000000000000')
      and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (r.state = 'closed'
        or r.organization_id is distinct from case when $3 is null then app_organization()
          else (select b.borrower_id from booking b where b.id = $3) end)
      and not (r.state = 'closed'
        and exists (select from booking_application a where a.round_id = r.id and a.booking_id = $3)));
end
$$;
alter function booking_round_bars(uuid, tstzrange, uuid, boolean) owner to tnm_ledger;

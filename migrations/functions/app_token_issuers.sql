-- Who had a hand in issuing the token with which the member acts; null for who logged in.
-- It is in the database because policies and column defaults read it.
create or replace function app_token_issuers() returns uuid[]
  language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
  if app_token() is null then
    return null;
  end if;
  return (select t.issuers from api_token t where t.id = app_token());
end
$$;
alter function app_token_issuers() owner to tnm_ledger;
grant execute on function app_token_issuers() to tnm_public, tnm_staff, tnm_worker, tnm_operator;

-- Roles belong to the cluster, not to one database: several databases share them, and dropping a
-- database leaves them in place.
-- tnm_public    reads what is published, holds tickets
-- tnm_staff     works for one organization a transaction
-- tnm_worker    runs jobs
-- tnm_operator  sets up organizations and first staff (command line only)
-- tnm_ledger    owns the functions that move seats and stamps; nobody logs in as it
do $$
declare wanted text;
begin
  foreach wanted in array array['tnm_public', 'tnm_staff', 'tnm_worker', 'tnm_operator', 'tnm_ledger'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin nosuperuser nocreatedb nocreaterole noinherit nobypassrls', wanted);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- another database of the cluster was migrated at the same moment
    end;
  end loop;
  -- The migration hands functions over to tnm_ledger and runs operator commands as tnm_operator.
  if not pg_has_role(current_user, 'tnm_ledger', 'member') then
    execute format('grant tnm_ledger to %I', current_user);
  end if;
  if not pg_has_role(current_user, 'tnm_operator', 'member') then
    execute format('grant tnm_operator to %I', current_user);
  end if;
end
$$;

-- pg_trgm serves the search for words in events, btree_gist exclusion constraints on an id and a
-- time together.
create extension if not exists pg_trgm;
create extension if not exists btree_gist;

revoke all on schema public from public;
grant usage on schema public to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
alter default privileges revoke execute on functions from public;

-- Which files of this folder the database was made from. A table file is applied once. A function
-- file is applied again when its text changes; then its earlier text stays here, not in force.
create table schema_file (
  name       text not null, -- tables/00001_roles
  checksum   text not null, -- SHA-256 in hex
  in_force   boolean not null default true,
  applied_at timestamptz not null default now(),
  constraint schema_file_pkey primary key (name, checksum)
);
-- serve and worker look here before they start, so that no program works on a schema older than it
-- needs.
grant select on schema_file to tnm_public, tnm_staff, tnm_worker;

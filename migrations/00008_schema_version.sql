-- +goose Up
-- serve and worker look here before they start, so that a program never works on a schema older than it needs.
grant select on goose_db_version to tnm_public, tnm_staff, tnm_worker;

-- +goose Down
revoke select on goose_db_version from tnm_public, tnm_staff, tnm_worker;

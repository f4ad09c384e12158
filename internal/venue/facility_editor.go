package venue

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// FacilityEditor writes many of an organization's facilities in one transaction; see
// Service.EditFacilities.
type FacilityEditor struct {
	service *Service
	tx      *postgres.Tx
}

// EditFacilities runs edit in one transaction, which is undone when edit fails. edit may run more
// than once and gets a context of its own to pass on.
func (s *Service) EditFacilities(
	ctx context.Context,
	by staff.Author,
	edit func(ctx context.Context, e *FacilityEditor) error,
) (err error) {
	if ctx, err = s.held(ctx); err != nil {
		return err
	}
	return s.write(ctx, by, func(tx *postgres.Tx) error { return edit(ctx, &FacilityEditor{s, tx}) })
}

// All gives the organization's facilities in any state, and locks them for the transaction.
func (e *FacilityEditor) All(ctx context.Context) ([]Facility, error) {
	return e.service.queryFacilities(ctx, e.tx, "where "+ownFacility+" order by f.id for update of f")
}

// Create makes a draft and gives it as it was stored. Errors as Service.CreateFacility.
func (e *FacilityEditor) Create(ctx context.Context, in FacilityInput) (uuid.UUID, FacilityInput, error) {
	in, err := in.clean()
	if err != nil {
		return uuid.Nil, in, err
	}
	id, err := e.service.createFacility(ctx, e.tx, in)
	return id, in, err
}

// Change writes what differs between before and after, spaces excepted, and gives after as it was
// stored. The ledger calls it by action. ErrInvalid names the fields.
func (e *FacilityEditor) Change(
	ctx context.Context,
	action string,
	id uuid.UUID,
	before, after FacilityInput,
) (stored FacilityInput, changed bool, err error) {
	if after, err = after.clean(); err != nil {
		return after, false, err
	}
	row := after.row()
	columns := differing(before.row(), row)
	if len(columns) == 0 {
		return after, false, nil
	}
	if err := update(e.tx, row, id, columns, ErrFacilityUnknown); err != nil {
		return after, false, err
	}
	return after, true, note(ctx, e.tx, action, "facility", id, columns...)
}

// Open shows a draft to everybody.
func (e *FacilityEditor) Open(ctx context.Context, id uuid.UUID) error {
	if err := setStatus(e.tx, "facility", id, statusRow{Status: Open}, ErrFacilityUnknown); err != nil {
		return err
	}
	return note(ctx, e.tx, "facility.open", "facility", id)
}

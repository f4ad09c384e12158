package facilities

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/facilitylist"
	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Organizations is what the handlers ask of organization.Service.
type Organizations interface {
	List(ctx context.Context) ([]organization.Organization, error)
}

// Lists is what the handlers ask of facilitylist.Service.
type Lists interface {
	Write(
		ctx context.Context,
		owner organization.Ref,
		edition opendata.Edition,
		encoding opendata.Encoding,
	) ([]byte, error)
	Import(
		ctx context.Context,
		by staff.Author,
		owner organization.Ref,
		raw []byte,
		o facilitylist.ImportOptions,
	) (facilitylist.Report, error)
}

// Venues is what the handlers ask of venue.Service.
type Venues interface {
	Facilities(ctx context.Context, f venue.FacilityFilter) (venue.FacilityPage, error)
	Facility(ctx context.Context, id uuid.UUID) (venue.Facility, error)
	FacilitiesForStaff(ctx context.Context, own uuid.UUID, f venue.FacilityFilter) (venue.FacilityPage, error)
	FacilityForStaff(ctx context.Context, own, id uuid.UUID) (venue.Facility, error)
	CreateFacility(ctx context.Context, by staff.Author, in venue.FacilityInput) (venue.Facility, error)
	ChangeFacility(
		ctx context.Context,
		by staff.Author,
		id uuid.UUID,
		change func(in *venue.FacilityInput),
	) (venue.Facility, error)
	OpenFacility(ctx context.Context, by staff.Author, id uuid.UUID) (venue.Facility, error)
	CloseFacility(
		ctx context.Context,
		by staff.Author,
		id uuid.UUID,
		on clock.Date,
		reason string,
	) (venue.Facility, error)
	DeleteFacility(ctx context.Context, by staff.Author, id uuid.UUID) error
	ClosingsForStaff(ctx context.Context, own, facility uuid.UUID) ([]venue.ClosureEntry, error)
	AddClosing(
		ctx context.Context,
		by staff.Author,
		facility uuid.UUID,
		in venue.ClosureInput,
	) (venue.ClosureEntry, error)
	RemoveClosing(ctx context.Context, by staff.Author, facility, id uuid.UUID) error
	Holidays(ctx context.Context, organization uuid.UUID, year int) ([]venue.LocalHoliday, error)
	SetHoliday(ctx context.Context, by staff.Author, h venue.LocalHoliday) (venue.LocalHoliday, error)
	RemoveHoliday(ctx context.Context, by staff.Author, day clock.Date) error
	AddPhoto(
		ctx context.Context,
		by staff.Author,
		facility uuid.UUID,
		in venue.PhotoInput,
		file []byte,
	) (venue.Photo, error)
	ChangePhoto(
		ctx context.Context,
		by staff.Author,
		facility, id uuid.UUID,
		change func(in *venue.PhotoInput),
	) (venue.Photo, error)
	DeletePhoto(ctx context.Context, by staff.Author, facility, id uuid.UUID) error
}

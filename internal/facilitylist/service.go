package facilitylist

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Venues is what the lists need of venue.Service.
type Venues interface {
	Facilities(ctx context.Context, f venue.FacilityFilter) (venue.FacilityPage, error)
	EditFacilities(
		ctx context.Context,
		by staff.Author,
		edit func(ctx context.Context, e *venue.FacilityEditor) error,
	) error
}

// Service reads and writes lists of facilities. Safe for concurrent use.
type Service struct {
	venues  Venues
	words   *i18n.Localizer
	baseURL string
}

// New makes the service. The words of a list (Japanese) are those of messages; baseURL comes before
// the addresses of facilities' pages.
func New(venues Venues, words *i18n.Localizer, baseURL string) *Service {
	return &Service{venues: venues, words: words, baseURL: strings.TrimRight(baseURL, "/")}
}

// Write gives the open facilities of an organization as a file.
func (s *Service) Write(
	ctx context.Context,
	owner organization.Ref,
	edition opendata.Edition,
	encoding opendata.Encoding,
) ([]byte, error) {
	var rows []opendata.Facility
	filter := venue.FacilityFilter{Organization: owner.Slug, Limit: venue.MaxLimit}
	for {
		page, err := s.venues.Facilities(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, f := range page.Items {
			rows = append(rows, rowOf(f, owner, s.words, s.baseURL))
		}
		if page.Next == uuid.Nil {
			return opendata.Write(rows, edition, encoding)
		}
		filter.After = page.Next
	}
}

// Import brings a file in as the organization's own list, all in one transaction, and reports what
// became of each row. ErrUnreadable when the file is no list; rows of another municipality are
// refused.
func (s *Service) Import(
	ctx context.Context,
	by staff.Author,
	owner organization.Ref,
	raw []byte,
	o ImportOptions,
) (Report, error) {
	list, err := opendata.Read(raw)
	if err != nil {
		return Report{}, ErrUnreadable.Because(err)
	}
	rows, err := s.importRows(ctx, by, readItems(list, owner, s.words), o)
	if err != nil {
		return Report{}, err
	}
	return Report{Edition: list.Edition, Encoding: list.Encoding, Ignored: list.Ignored, Rows: rows}, nil
}

package venue

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Mending is what was done to a value of a list, or what is wrong with it.
type Mending struct{ Column, Code string }

// ImportItem is one row of a list of facilities. Apply puts what the row says on what the facility says now (nothing, for a new one) and may run more
// than once. A row with Refused stays out.
type ImportItem struct {
	Line            int
	OutsideID, Name string
	Apply           func(in *FacilityInput)
	Mended, Refused []Mending
}

// ImportOptions say how to import.
type ImportOptions struct {
	DryRun bool // tell only
	Open   bool // open what is new; otherwise it stays a draft
}

// What became of a row.
const (
	Created       = "created"
	Changed       = "changed"
	Unchanged     = "unchanged"
	RefusedImport = "refused"
)

// Imported is what became of one row.
type Imported struct {
	ImportItem
	Outcome  string
	Facility uuid.UUID // zero when refused, or new in a dry run
}

var errDryRun = errors.New("dry run")

// Import brings rows in, all in one transaction: those that break a rule are left out and told. A facility is found again by its identifier in the town's
// list, one without by its name.
func (s *Service) Import(ctx context.Context, by Author, items []ImportItem, o ImportOptions) (done []Imported, err error) {
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		done = make([]Imported, 0, len(items))
		known, err := s.queryFacilities(ctx, tx, "where "+ownFacility+" order by f.id for update of f")
		if err != nil {
			return err
		}
		for _, item := range items {
			one, err := s.importOne(ctx, tx, item, &known, o)
			if err != nil {
				return fmt.Errorf("line %d: %w", item.Line, err)
			}
			done = append(done, one)
		}
		if o.DryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		for i := range done {
			if done[i].Outcome == Created {
				done[i].Facility = uuid.Nil
			}
		}
		return done, nil
	}
	if err != nil {
		return nil, fmt.Errorf("import facilities: %w", err)
	}
	return done, nil
}

func (s *Service) importOne(ctx context.Context, tx *postgres.Tx, item ImportItem, known *[]Facility, o ImportOptions) (Imported, error) {
	one := Imported{ImportItem: item, Outcome: RefusedImport}
	if len(item.Refused) > 0 {
		return one, nil
	}
	place := found(*known, item)
	var before FacilityInput
	if place >= 0 {
		before = (*known)[place].FacilityInput
	}
	in := before
	item.Apply(&in)
	in, err := in.clean()
	if f, ok := fault.As(err); ok && f.Kind == fault.KindInvalid {
		for _, field := range f.Fields {
			one.Refused = append(one.Refused, Mending{Column: field.Name, Code: field.Code})
		}
		return one, nil
	}
	if err != nil {
		return Imported{}, err
	}
	if place < 0 {
		if one.Facility, err = s.createFacility(ctx, tx, in); err != nil {
			return Imported{}, err
		}
		if o.Open {
			if err := update(ctx, tx, "facility", one.Facility, []column{{"status", Open}}, ErrFacilityUnknown); err != nil {
				return Imported{}, err
			}
		}
		one.Outcome = Created
		*known = append(*known, Facility{ID: one.Facility, FacilityInput: in})
		return one, nil
	}
	one.Facility, one.Outcome = (*known)[place].ID, Unchanged
	if columns := differing(before.columns(), in.columns()); len(columns) > 0 {
		one.Outcome = Changed
		if err := update(ctx, tx, "facility", one.Facility, columns, ErrFacilityUnknown); err != nil {
			return Imported{}, err
		}
		if err := note(ctx, tx, "facility.import", "facility", one.Facility, names(columns)...); err != nil {
			return Imported{}, err
		}
		(*known)[place].FacilityInput = in
	}
	return one, nil
}

func found(known []Facility, item ImportItem) int {
	for i := range known {
		if item.OutsideID != "" && known[i].OutsideID == item.OutsideID || item.OutsideID == "" && known[i].Name == item.Name {
			return i
		}
	}
	return -1
}

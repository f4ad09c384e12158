package facilitylist

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ImportOptions say how to import.
type ImportOptions struct {
	DryRun bool // report only, and write nothing
	Open   bool // open what is new; otherwise it stays a draft
}

// Report is what became of a list.
type Report struct {
	Edition  opendata.Edition
	Encoding opendata.Encoding
	Ignored  []string // columns that are kept nowhere
	Rows     []ImportedRow
}

// ImportedRow is what became of one row.
type ImportedRow struct {
	Line            int
	Name            string
	Outcome         Outcome
	Facility        uuid.UUID // zero when refused, or new in a dry run
	Mended, Refused []opendata.Mending
}

// Outcome is what became of a row.
type Outcome string

// The outcomes.
const (
	Created   Outcome = "created"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused"
)

// Codes of rows that could mean more than one facility.
const (
	TwiceInList   = "twice_in_list"  // a row before it spoke of the same facility; refused
	NameAmbiguous = "name_ambiguous" // it has no identifier, and several facilities have its name; refused
	FoundByName   = "found_by_name"  // it has no identifier, and another address than the facility of its name
)

// item is one row to import.
type item struct {
	line            int
	id              string // as the list has it: the facility's OutsideID, or its own id
	name, address   string
	mended, refused []opendata.Mending
	// apply puts what the row says on what the facility says now (nothing and no id, for a new one)
	// and gives what of the row it left out. It may run more than once.
	apply func(in *venue.FacilityInput, id uuid.UUID) []opendata.Mending
}

var errDryRun = errors.New("dry run")

// importRows writes items in one transaction. Items that break a rule are refused and reported.
func (s *Service) importRows(
	ctx context.Context,
	by staff.Author,
	items []item,
	o ImportOptions,
) (rows []ImportedRow, err error) {
	err = s.venues.EditFacilities(ctx, by, func(ctx context.Context, e *venue.FacilityEditor) error {
		own, err := e.All(ctx)
		if err != nil {
			return err
		}
		rows = make([]ImportedRow, 0, len(items))
		facilities := indexOf(own)
		for _, i := range items {
			row, err := importItem(ctx, e, i, facilities, o)
			if err != nil {
				return fmt.Errorf("line %d: %w", i.line, err)
			}
			rows = append(rows, row)
		}
		if o.DryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		for i := range rows {
			if rows[i].Outcome == Created {
				rows[i].Facility = uuid.Nil
			}
		}
		return rows, nil
	}
	if err != nil {
		return nil, fmt.Errorf("import facilities: %w", err)
	}
	return rows, nil
}

// importItem writes one item and adds it to the facilities that the rows after it may mean.
func importItem(
	ctx context.Context,
	e *venue.FacilityEditor,
	i item,
	facilities *index,
	o ImportOptions,
) (ImportedRow, error) {
	row := ImportedRow{Line: i.line, Name: i.name, Outcome: Refused, Mended: slices.Clone(i.mended), Refused: i.refused}
	if len(i.refused) > 0 {
		return row, nil
	}
	at := facilities.match(i)
	var before venue.FacilityInput
	switch {
	case at == ambiguous:
		row.Refused = []opendata.Mending{{Column: "名称", Code: NameAmbiguous}}
		return row, nil
	case at >= 0:
		f := facilities.known[at]
		if f.inList {
			row.Refused = []opendata.Mending{{Column: i.keyColumn(), Code: TwiceInList}}
			return row, nil
		}
		if i.id == "" && i.address != "" && placeKey(i.name, i.address) != f.place {
			row.Mended = append(row.Mended, opendata.Mending{Column: "所在地_連結表記", Code: FoundByName})
		}
		before, row.Facility = f.FacilityInput, f.id
	}
	after := before
	row.Mended = append(row.Mended, i.apply(&after, row.Facility)...)
	err := row.write(ctx, e, before, &after, o)
	if f, ok := fault.As(err); ok && f.Kind == fault.KindInvalid {
		for _, field := range f.Fields {
			row.Refused = append(row.Refused, opendata.Mending{Column: field.Name, Code: field.Code})
		}
		row.Outcome, row.Facility = Refused, uuid.Nil
		return row, nil
	}
	if err != nil {
		return ImportedRow{}, err
	}
	facilities.put(at, knownFacility{
		id: row.Facility, FacilityInput: after, place: placeKey(after.Name, after.Address), inList: true,
	})
	return row, nil
}

// write stores a new facility, or what is new of one; after becomes what was stored.
func (r *ImportedRow) write(
	ctx context.Context,
	e *venue.FacilityEditor,
	before venue.FacilityInput,
	after *venue.FacilityInput,
	o ImportOptions,
) (err error) {
	if r.Facility != uuid.Nil {
		var changed bool
		r.Outcome = Unchanged
		*after, changed, err = e.Change(ctx, "facility.import", r.Facility, before, *after)
		if changed {
			r.Outcome = Changed
		}
		return err
	}
	r.Outcome = Created
	if r.Facility, *after, err = e.Create(ctx, *after); err != nil || !o.Open {
		return err
	}
	return e.Open(ctx, r.Facility)
}

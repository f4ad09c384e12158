package venue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Mending is what was done to a value of a list, or what is wrong with it.
type Mending struct{ Column, Code string }

// ImportItem is one row of a list of facilities. Apply puts what the row says on what the facility says now (nothing and no id, for a new one), gives what of
// the row it left out, and may run more than once. A row with Refused stays out.
type ImportItem struct {
	Line            int
	ID              string // as the list has it: the facility's OutsideID, or its own id
	Name, Address   string
	Apply           func(in *FacilityInput, id uuid.UUID) []Mending
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

// What is told of rows that speak of facilities in a way that can be taken for another.
const (
	TwiceInList   = "twice_in_list"  // a row before it spoke of the same facility; refused
	NameAmbiguous = "name_ambiguous" // it has no identifier, and several facilities have its name; refused
	FoundByName   = "found_by_name"  // it has no identifier, and another address than the facility of its name
)

// Imported is what became of one row.
type Imported struct {
	ImportItem
	Outcome  string
	Facility uuid.UUID // zero when refused, or new in a dry run
}

var errDryRun = errors.New("dry run")

// Import brings rows in, all in one transaction: those that break a rule are left out and told. A facility is found again by its identifier in the town's
// list or by its own id, a row without one by its name. An identifier that is new goes to the one facility of the same name and address that has none yet.
// No row overwrites what an earlier one of the list said: it is refused.
func (s *Service) Import(ctx context.Context, by Author, items []ImportItem, o ImportOptions) (done []Imported, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return nil, err
	}
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		done = make([]Imported, 0, len(items))
		own, err := s.queryFacilities(ctx, tx, "where "+ownFacility+" order by f.id for update of f")
		if err != nil {
			return err
		}
		known := make([]placed, len(own))
		for i, f := range own {
			known[i] = placed{f.ID, f.FacilityInput, placeKey(f.Name, f.Address), false}
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

func (s *Service) importOne(ctx context.Context, tx *postgres.Tx, item ImportItem, known *[]placed, o ImportOptions) (Imported, error) {
	one := Imported{ImportItem: item, Outcome: RefusedImport}
	if len(item.Refused) > 0 {
		return one, nil
	}
	place := found(*known, item)
	switch {
	case place == several:
		one.Refused = append(one.Refused, Mending{Column: "名称", Code: NameAmbiguous})
		return one, nil
	case place >= 0 && (*known)[place].told:
		one.Refused = append(one.Refused, Mending{Column: item.knownBy(), Code: TwiceInList})
		return one, nil
	case place >= 0 && item.ID == "" && item.Address != "" && placeKey(item.Name, item.Address) != (*known)[place].place:
		one.Mended = append(slices.Clone(one.Mended), Mending{Column: "所在地_連結表記", Code: FoundByName})
	}
	var before FacilityInput
	if place >= 0 {
		before, one.Facility = (*known)[place].FacilityInput, (*known)[place].id
	}
	in := before
	one.Mended = append(slices.Clone(one.Mended), item.Apply(&in, one.Facility)...)
	in, err := in.clean()
	if f, ok := fault.As(err); ok && f.Kind == fault.KindInvalid {
		for _, field := range f.Fields {
			one.Refused = append(one.Refused, Mending{Column: field.Name, Code: field.Code})
		}
		one.Facility = uuid.Nil
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
		*known = append(*known, placed{one.Facility, in, placeKey(in.Name, in.Address), true})
		return one, nil
	}
	one.Outcome = Unchanged
	if columns := differing(before.columns(), in.columns()); len(columns) > 0 {
		one.Outcome = Changed
		if err := update(ctx, tx, "facility", one.Facility, columns, ErrFacilityUnknown); err != nil {
			return Imported{}, err
		}
		if err := note(ctx, tx, "facility.import", "facility", one.Facility, names(columns)...); err != nil {
			return Imported{}, err
		}
	}
	(*known)[place] = placed{one.Facility, in, placeKey(in.Name, in.Address), true}
	return one, nil
}

// placed is a facility as an import knows it.
type placed struct {
	id uuid.UUID
	FacilityInput
	place string
	told  bool // by a row of this list
}

// several says that a row may speak of one facility or another.
const several = -2

func (i ImportItem) knownBy() string {
	if i.ID == "" {
		return "名称"
	}
	return "ID"
}

// found gives which facility a row speaks of, -1 for a new one, or several.
func found(known []placed, item ImportItem) int {
	if item.ID == "" {
		return foundByName(known, item)
	}
	if i := slices.IndexFunc(known, func(f placed) bool { return f.OutsideID == item.ID }); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(known, func(f placed) bool { return strings.EqualFold(f.id.String(), item.ID) }); i >= 0 {
		return i
	}
	place := placeKey(item.Name, item.Address)
	same := func(f placed) bool { return f.OutsideID == "" && f.place == place }
	i := slices.IndexFunc(known, same)
	if i < 0 || slices.ContainsFunc(known[i+1:], same) {
		return -1 // two of them: which is meant, nobody can tell
	}
	return i
}

// foundByName gives the facility of a row's name: the one at its address where the town has several.
func foundByName(known []placed, item ImportItem) int {
	named, here := []int{}, []int{}
	for i, f := range known {
		if f.Name == item.Name {
			named = append(named, i)
			if f.place == placeKey(item.Name, item.Address) {
				here = append(here, i)
			}
		}
	}
	switch {
	case len(here) == 1:
		return here[0]
	case len(named) == 0:
		return -1
	case len(named) == 1:
		return named[0]
	}
	return several
}

var dashes = strings.NewReplacer("〜", "~", "−", "-", "‐", "-", "–", "-", "—", "-", "―", "-")

// placeKey is the same for a name and an address whatever the width of their letters, and in every encoding.
func placeKey(name, address string) string {
	plain := func(s string) string { return dashes.Replace(strings.Join(strings.Fields(norm.NFKC.String(s)), "")) }
	return plain(name) + "\n" + plain(address)
}

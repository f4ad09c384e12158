package venue

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

var weekdays = [...]time.Weekday{
	time.Sunday,
	time.Monday,
	time.Tuesday,
	time.Wednesday,
	time.Thursday,
	time.Friday,
	time.Saturday,
}

func (in RoomInput) clean() (RoomInput, error) {
	c := &checker{refusal: ErrInvalid}
	c.line("name", &in.Name, 1, 100)
	c.line("kana", &in.Kana, 0, 200)
	c.line("english", &in.English, 0, 200)
	c.line("floor", &in.Floor, 0, 40)
	c.paragraphs("description", &in.Description, 4000)
	if in.AreaM2 != nil && !(*in.AreaM2 > 0 && *in.AreaM2 < 100000) {
		c.wrong("area_m2", "invalid")
	}
	c.within("capacity", in.Capacity, 1, 100000)
	if in.Noise == "" {
		in.Noise = Normal
	}
	if !in.Noise.Valid() {
		c.wrong("noise", "unknown_value")
	}
	c.within("setup_minutes", in.SetupMinutes, 0, 720)
	c.within("clearing_minutes", in.ClearingMinutes, 0, 720)
	c.within("position", in.Position, 0, 100000)
	in.checkOpenness(c)
	in.checkSpaces(c)
	in.checkThings(c)
	in.Uses.checkUses(c)
	in.checkFees(c)
	in.checkTerms(c)
	return in, c.refusal.Or()
}

func (in *RoomInput) checkOpenness(c *checker) {
	if in.OpenTo == "" {
		in.OpenTo = OpenToOwn
	}
	if !slices.Contains([]OpenTo{OpenToOwn, OpenToPartners, OpenToEveryone}, in.OpenTo) {
		c.wrong("open_to", "unknown_value")
	}
	if in.OpenTo == OpenToPartners && len(in.Partnerships) == 0 {
		c.wrong("partnerships", "required")
	}
	c.count("partnerships", len(in.Partnerships), 20)
	in.Partnerships = slices.Compact(slices.Sorted(slices.Values(in.Partnerships)))
}

func (in *RoomInput) checkSpaces(c *checker) {
	if !c.count("spaces", len(in.Spaces), maxSpaces) || !c.count("neighbours", len(in.Neighbours), maxSpaces) {
		return
	}
	if !slices.ContainsFunc(in.Spaces, func(s RoomSpace) bool { return !s.Shared }) {
		c.wrong("spaces", "required")
	}
	seen := map[uuid.UUID]bool{}
	for i, s := range in.Spaces {
		if seen[s.SpaceID] {
			c.wrong(fmt.Sprintf("spaces.%d", i), "duplicate")
		}
		seen[s.SpaceID] = true
	}
	for i, n := range in.Neighbours {
		if n.Rule != Warn && n.Rule != Forbid {
			c.wrong(fmt.Sprintf("neighbours.%d.rule", i), "unknown_value")
		}
		if seen[n.RoomID] {
			c.wrong(fmt.Sprintf("neighbours.%d", i), "duplicate")
		}
		seen[n.RoomID] = true
	}
}

func (in *RoomInput) checkThings(c *checker) {
	if !c.count("layouts", len(in.Layouts), len(LayoutKinds)) || !c.count("equipment", len(in.Equipment), maxEntries) {
		return
	}
	kinds := map[string]bool{}
	for i, l := range in.Layouts {
		at := fmt.Sprintf("layouts.%d", i)
		switch {
		case !slices.Contains(LayoutKinds, l.Kind):
			c.wrong(at+".kind", "unknown_value")
		case kinds[l.Kind]:
			c.wrong(at+".kind", "duplicate")
		}
		kinds[l.Kind] = true
		c.within(at+".capacity", l.Capacity, 1, max(1, in.Capacity))
	}
	in.Equipment = slices.Clone(in.Equipment)
	for i := range in.Equipment {
		e, at := &in.Equipment[i], fmt.Sprintf("equipment.%d", i)
		if !slices.Contains(EquipmentKinds, e.Kind) {
			c.wrong(at+".kind", "unknown_value")
		}
		least := 0
		if e.Kind == "something_else" {
			least = 1
		}
		c.line(at+".name", &e.Name, least, 100)
		c.within(at+".count", e.Count, 1, 10000)
		if e.Yen != nil {
			c.within(at+".yen", *e.Yen, 0, 10_000_000)
		}
	}
}

// checkUses holds the ways of choosing times against their rules: steps lie apart, a whole block is
// made of steps.
func (u Uses) checkUses(c *checker) {
	if u.Hours != nil {
		u.Hours.check(c, "uses.hours")
	}
	c.within("uses.least_minutes", u.Least, 0, 1440)
	c.within("uses.most_minutes", u.Most, 0, 1440)
	if u.Most > 0 && u.Least > u.Most {
		c.wrong("uses.most_minutes", "too_small", "min", u.Least)
	}
	switch u.Mode {
	case ByGrid:
		if !slices.Contains([]int{5, 10, 15, 20, 30, 60}, u.Grid) {
			c.wrong("uses.grid_minutes", "unknown_value")
		}
		if len(u.Blocks) > 0 {
			c.wrong("uses.blocks", "invalid")
		}
	case ByBlocks:
		u.checkBlocks(c)
	default:
		c.wrong("uses.mode", "unknown_value")
	}
}

func (u Uses) checkBlocks(c *checker) {
	if len(u.Blocks) == 0 {
		c.wrong("uses.blocks", "required")
	}
	if !c.count("uses.blocks", len(u.Blocks), 20) {
		return
	}
	keys := map[string]bool{}
	plain := u
	plain.Blocks = u.steps()
	for i, b := range u.Blocks {
		at := fmt.Sprintf("uses.blocks.%d", i)
		if b.Key == "" || len(b.Key) > 40 || !keyForm.MatchString(b.Key) {
			c.wrong(at+".key", "invalid_format")
		}
		if keys[b.Key] {
			c.wrong(at+".key", "duplicate")
		}
		keys[b.Key] = true
		c.line(at+".name", &b.Name, 1, 40)
		switch {
		case !slices.Contains([]BlockKind{PlainBlock, Extension, WholeDay}, b.Kind):
			c.wrong(at+".kind", "unknown_value")
		case !b.Valid():
			c.wrong(at+".to", "must_be_after_start")
		case b.Kind == WholeDay && plain.Compose(b.Hours) == nil:
			c.wrong(at+".from", "block_not_made_of_others")
		}
	}
	for i, b := range plain.Blocks {
		if i > 0 && b.From < plain.Blocks[i-1].To {
			c.wrong("uses.blocks", "hours_overlap")
		}
	}
}

func (in *RoomInput) checkFees(c *checker) {
	if !c.count("fees", len(in.Fees), 10) || !c.count("exemptions", len(in.Exemptions), 10) {
		return
	}
	blocks := map[string]bool{}
	for _, b := range in.Uses.Blocks {
		blocks[b.Key] = true
	}
	payers := map[string]bool{}
	in.Fees = slices.Clone(in.Fees)
	for i := range in.Fees {
		f, at := &in.Fees[i], fmt.Sprintf("fees.%d", i)
		if len(f.Payer) > 40 || !keyForm.MatchString(f.Payer) {
			c.wrong(at+".payer", "invalid_format")
		}
		if payers[f.Payer] {
			c.wrong(at+".payer", "duplicate")
		}
		payers[f.Payer] = true
		c.line(at+".name", &f.Name, 1, 60)
		c.line(at+".note", &f.Note, 0, 200)
		if f.Hourly != nil {
			c.within(at+".hourly_yen", *f.Hourly, 0, 10_000_000)
		}
		c.count(at+".blocks", len(f.Blocks), 20)
		for j, b := range f.Blocks {
			if !blocks[b.Block] {
				c.wrong(fmt.Sprintf("%s.blocks.%d.block", at, j), "not_found")
			}
			c.within(fmt.Sprintf("%s.blocks.%d.yen", at, j), b.Yen, 0, 10_000_000)
		}
	}
	in.Exemptions = slices.Clone(in.Exemptions)
	keys := map[string]bool{}
	for i := range in.Exemptions {
		e, at := &in.Exemptions[i], fmt.Sprintf("exemptions.%d", i)
		if len(e.Key) > 40 || !keyForm.MatchString(e.Key) {
			c.wrong(at+".key", "invalid_format")
		}
		if keys[e.Key] {
			c.wrong(at+".key", "duplicate")
		}
		keys[e.Key] = true
		c.line(at+".name", &e.Name, 1, 100)
		c.line(at+".note", &e.Note, 0, 300)
		c.within(at+".percent", e.Percent, 1, 100)
	}
}

func (in *RoomInput) checkTerms(c *checker) {
	if !c.count("terms", len(in.Terms), 3) {
		return
	}
	seen := map[Who]bool{}
	for i, t := range in.Terms {
		at := fmt.Sprintf("terms.%d", i)
		switch {
		case !slices.Contains([]Who{Own, Partners, Others}, t.Who):
			c.wrong(at+".who", "unknown_value")
		case seen[t.Who]:
			c.wrong(at+".who", "duplicate")
		}
		seen[t.Who] = true
		c.within(at+".opens_months", t.OpensMonths, 0, 24)
		c.within(at+".opens_days", t.OpensDays, 0, 400)
		if t.OpensMonths == 0 && t.OpensDays == 0 {
			c.wrong(at+".opens_months", "required")
		}
		c.within(at+".closes_days", t.ClosesDays, 0, 365)
		if !t.OpensTime.Valid() {
			c.wrong(at+".opens_time", "invalid_time")
		}
		c.within(at+".month_cap", t.MonthCap, 0, 100)
		c.within(at+".cancel_days", t.CancelDays, 0, 365)
		c.within(at+".approvals", t.Approvals, 0, 2)
		c.within(at+".hold_days", t.HoldDays, 0, 60)
		if t.Payer != "" && !slices.ContainsFunc(in.Fees, func(f Fee) bool { return f.Payer == t.Payer }) {
			c.wrong(at+".payer", "not_found")
		}
		if most := max(0, t.OpensMonths*28+t.OpensDays-1); t.ClosesDays > most {
			c.wrong(at+".closes_days", "too_large", "max", most) // the window would close before it opens
		}
	}
}

package venue

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestRoomsOfSpaces(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f := k.building()
	a, b, foyer := RoomSpace{
		SpaceID: f.Spaces[0].ID,
	}, RoomSpace{
		SpaceID: f.Spaces[1].ID,
	}, RoomSpace{
		SpaceID: f.Spaces[2].ID,
		Shared:  true,
	}
	whole := k.room(f, "全面", OpenToEveryone, a, b, foyer)
	half := k.room(f, "A面", OpenToPartners, a, foyer)
	if len(whole.Spaces) != 3 || !whole.Spaces[2].Shared || half.Facility.Name != "区民センター" ||
		half.Organization.Slug != "kita" {
		t.Errorf("rooms %+v and %+v", whole, half)
	}
	if _, err := k.service.ChangeRoom(
		t.Context(),
		k.kita,
		half.ID,
		func(in *RoomInput) { in.Name = "全面" },
	); fault.CodeOf(
		err,
	) != "venue_name_taken" {
		t.Errorf("a name twice: %v", err)
	}
	changed, err := k.service.ChangeRoom(
		t.Context(),
		k.kita,
		half.ID,
		func(in *RoomInput) { in.Neighbours = []Neighbour{{whole.ID, Forbid}} },
	)
	if err == nil { // A面 is a part of 全面, but they are rooms of their own
		if again, err := k.service.Room(
			t.Context(),
			whole.ID,
		); err != nil || len(again.Neighbours) != 1 ||
			again.Neighbours[0].RoomID != changed.ID {
			t.Errorf("the neighbour hears of %+v, %v", again.Neighbours, err)
		}
	} else {
		t.Error(err)
	}
	k.want("a facility with rooms", k.service.DeleteFacility(t.Context(), k.kita, f.ID), ErrInUse)
	unchanged := k.number("select count(*) from audit_entry")
	if _, err := k.service.ChangeRoom(
		t.Context(),
		k.kita,
		half.ID,
		func(*RoomInput) {},
	); err != nil ||
		k.number("select count(*) from audit_entry") != unchanged {
		t.Errorf("a change of nothing is noted, or %v", err)
	}
	page, err := k.service.Rooms(t.Context(), RoomFilter{Limit: 1})
	if err != nil || len(page.Items) != 1 || page.Next == uuid.Nil {
		t.Fatalf("first page %+v, %v", page, err)
	}
	rest, err := k.service.Rooms(t.Context(), RoomFilter{Limit: 1, After: page.Next})
	if err != nil || len(rest.Items) != 1 || rest.Next != uuid.Nil || rest.Items[0].ID == page.Items[0].ID {
		t.Errorf("second page %+v, %v", rest, err)
	}
}

// The schema itself wants a room to have a space of its own, and one for partners to name a
// partnership.
func TestTheSchemaKeepsRoomsWhole(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f := k.building()
	r := k.room(f, "A面", OpenToPartners, RoomSpace{SpaceID: f.Spaces[0].ID})
	remove := func(sql string) error {
		return k.db.InOrganization(t.Context(), k.kita.Organization, k.kita.Actor, func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(t.Context(), sql, r.ID)
			return err
		})
	}
	for sql, constraint := range map[string]string{
		"delete from room_space where room_id = $1":       "room_has_space",
		"delete from room_partnership where room_id = $1": "room_has_partnership",
	} {
		if err := remove(sql); !postgres.Violates(err, constraint) {
			t.Errorf("%s: %v, want %s", sql, err, constraint)
		}
	}
	// The control: without the triggers nothing stops it.
	k.exec("alter table room_space disable trigger room_whole")
	if err := remove("delete from room_space where room_id = $1"); err != nil {
		t.Errorf("without the trigger: %v", err)
	}
}

// A neighbour sees what is open to others, and changes nothing.
func TestNeighbours(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f := k.building()
	open := k.room(f, "A面", OpenToPartners, RoomSpace{SpaceID: f.Spaces[0].ID})
	own := k.room(f, "B面", OpenToOwn, RoomSpace{SpaceID: f.Spaces[1].ID})
	draft, err := k.service.CreateFacility(
		t.Context(),
		k.kita,
		FacilityInput{Name: "下書き", AreaCode: "131164", Address: "東京都", Spaces: []Space{{Name: "室"}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	for name, as := range map[string]func(fn func(tx *postgres.Tx) error) error{
		"a neighbour": func(fn func(tx *postgres.Tx) error) error {
			return k.db.InOrganization(t.Context(), k.minami.Organization, k.minami.Actor, fn)
		},
		"everybody": func(fn func(tx *postgres.Tx) error) error { return k.db.InPublic(t.Context(), fn) },
	} {
		ctx, err := organization.Hold(t.Context(), k.service.directory)
		if err != nil {
			t.Fatal(err)
		}
		err = as(func(tx *postgres.Tx) error {
			for table, want := range map[string]int{
				"facility":         1,
				"room":             1,
				"space":            3,
				"room_space":       1,
				"room_partnership": 1,
			} {
				var n int
				if err := tx.Pgx.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n); err != nil {
					return err
				}
				if n != want {
					t.Errorf("%s sees %d rows of %s, want %d", name, n, table, want)
				}
			}
			if _, err := k.service.RoomTx(ctx, tx, own.ID); fault.CodeOf(err) != "room_unknown" {
				t.Errorf("%s sees the owner's room: %v", name, err)
			}
			if r, err := k.service.RoomTx(ctx, tx, open.ID); err != nil || r.Name != "A面" {
				t.Errorf("%s does not see the open room: %v", name, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	before := k.number("select count(*) from audit_entry")
	change := func(in *FacilityInput) { in.Name = "わたしのもの" }
	_, err = k.service.ChangeFacility(t.Context(), k.minami, f.ID, change)
	k.want("a neighbour changes a facility", err, ErrFacilityUnknown)
	_, err = k.service.ChangeRoom(t.Context(), k.minami, open.ID, func(in *RoomInput) { in.Capacity = 1 })
	k.want("a neighbour changes a room", err, ErrRoomUnknown)
	_, err = k.service.CloseRoom(t.Context(), k.minami, open.ID, day("2027-01-01"), "")
	k.want("a neighbour closes a room", err, ErrRoomUnknown)
	k.want("a neighbour deletes a room", k.service.DeleteRoom(t.Context(), k.minami, open.ID), ErrRoomUnknown)
	_, err = k.service.AddClosing(
		t.Context(),
		k.minami,
		f.ID,
		ClosureInput{Starts: day("2027-01-05").At(9, 0), Ends: day("2027-01-05").At(12, 0), Reason: "x"},
	)
	k.want("a neighbour closes a facility for once", err, ErrFacilityUnknown)
	_, err = k.service.AddPhoto(t.Context(), k.minami, f.ID, PhotoInput{Alt: "x"}, dots(t, 10, 10))
	k.want("a neighbour adds a photo", err, ErrFacilityUnknown)
	_, err = k.service.Facility(t.Context(), draft.ID)
	k.want("everybody sees a draft", err, ErrFacilityUnknown)
	if n := k.number("select count(*) from audit_entry"); n != before {
		t.Errorf("%d entries, then %d", before, n)
	}
	// Written past the service, the rows are refused by the policies and by the composite keys.
	err = k.db.InOrganization(t.Context(), k.minami.Organization, k.minami.Actor, func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(
			t.Context(),
			`insert into space (organization_id, facility_id, name) values ($1, $2, 'x')`,
			k.kita.Organization,
			f.ID,
		)
		return err
	})
	if state, _ := postgres.Constraint(err); state != "42501" {
		t.Errorf("a row for a neighbour: %v", err)
	}
	err = k.db.InOrganization(t.Context(), k.minami.Organization, k.minami.Actor, func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(
			t.Context(),
			`insert into space (organization_id, facility_id, name) values ($1, $2, 'x')`,
			k.minami.Organization,
			f.ID,
		)
		return err
	})
	if !postgres.Violates(err, "space_facility_fkey") {
		t.Errorf("an own space in a neighbour's facility: %v", err)
	}
}

func TestRulesOfARoom(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f := k.building()
	a := k.room(f, "A面", OpenToPartners, RoomSpace{SpaceID: f.Spaces[0].ID})
	b := k.room(f, "B面", OpenToPartners, RoomSpace{SpaceID: f.Spaces[1].ID})
	if n, err := FillHolidays(t.Context(), k.db); err != nil || n < 80 {
		t.Fatalf("%d holidays, %v", n, err)
	}
	if n, err := FillHolidays(t.Context(), k.db); err != nil || n != 0 {
		t.Errorf("filled again: %d, %v", n, err)
	}
	check := func(room Room, d, from, to string, want ...string) {
		t.Helper()
		rules, err := k.service.Rules(t.Context(), room, day(d), day(d))
		if err != nil {
			t.Fatal(err)
		}
		if got := codes(rules.Check(hours(from, to).On(day(d)))); !slices.Equal(got, want) {
			t.Errorf("%s %s to %s: %v, want %v", d, from, to, got, want)
		}
	}
	check(a, "2026-11-24", "9:00", "12:00", WhyAfterHoliday) // the Tuesday after 勤労感謝の日
	check(a, "2026-11-25", "9:00", "12:00")
	c, err := k.service.AddClosing(
		t.Context(),
		k.kita,
		f.ID,
		ClosureInput{Room: &a.ID, Starts: day("2026-11-25").At(8, 0), Ends: day("2026-11-25").At(10, 0), Reason: "点検"},
	)
	if err != nil {
		t.Fatal(err)
	}
	check(a, "2026-11-25", "9:00", "12:00", ClosedOnce)
	check(b, "2026-11-25", "9:00", "12:00")
	k.want("another's closing", k.service.RemoveClosing(t.Context(), k.minami, f.ID, c.ID), ErrClosureUnknown)
	if err := k.service.RemoveClosing(t.Context(), k.kita, f.ID, c.ID); err != nil {
		t.Error(err)
	}
	check(a, "2026-11-25", "9:00", "12:00")

	// A special law takes a holiday away, for good; and the town has a day of its own.
	if err := SetNationalHoliday(
		t.Context(),
		k.owner,
		LocalHoliday{Day: day("2026-11-23"), Name: "勤労感謝の日"},
	); err != nil {
		t.Fatal(err)
	}
	if _, err := FillHolidays(t.Context(), k.db); err != nil {
		t.Fatal(err)
	}
	check(a, "2026-11-24", "9:00", "12:00")
	if _, err := k.service.SetHoliday(
		t.Context(),
		k.kita,
		LocalHoliday{Day: day("2026-11-28"), Name: "開庁記念日", Observed: true},
	); err != nil {
		t.Fatal(err)
	}
	check(a, "2026-11-28", "18:00", "21:30", OutsideHours) // holidays have the hours of Sunday
	if list, err := NationalHolidaysKnown(t.Context(), k.owner, 2026); err != nil || len(list) != 18 {
		t.Errorf("%d holidays in 2026, %v", len(list), err)
	}
	k.want(
		"a neighbour's holiday",
		k.service.RemoveHoliday(t.Context(), k.minami, day("2026-11-28")),
		ErrHolidayUnknown,
	)
	if err := k.service.RemoveHoliday(t.Context(), k.kita, day("2026-11-28")); err != nil {
		t.Error(err)
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		t.Fatal(err)
	}
	ja, easy, en := messages.Localizer(i18n.Japanese), messages.Localizer(i18n.Easy), messages.Localizer(i18n.English)
	want := []string{
		"12月1日〜2月29日：火〜日 9:00〜20:00", "火〜土 9:00〜21:30、日 9:00〜17:00", "お休み：毎週月曜日、第4木曜日、12月29日〜1月3日",
		"お休みの曜日が祝日のときは開き、次の平日に休みます。", "祝日は、日曜日と同じ時間です。",
	}
	if got := hall().Sentences(ja); !slices.Equal(got, want) {
		t.Errorf("hours: %q", got)
	}
	room := Room{RoomInput: RoomInput{
		OpenTo:       OpenToEveryone,
		Partnerships: []string{"ux"},
		Fees:         []Fee{{Payer: "partner", Name: "連携自治体"}},
		Terms: []Term{
			{Who: Others, OpensDays: 14, Approvals: 2},
			{Who: Own, OpensMonths: 3, OpensTime: at("9:00"), ClosesDays: 1, CancelDays: 1},
			{
				Who:         Partners,
				OpensMonths: 1,
				MonthStart:  true,
				ClosesDays:  7,
				MonthCap:    4,
				Approvals:   1,
				HoldDays:    7,
				CancelDays:  3,
				Payer:       "partner",
			},
		},
	}}
	got := room.Sentences(ja, "豊島区")
	if len(got) != 3 || got[0].Title != "豊島区" || got[0].Lines[0] != "使う日の3か月前の同じ日の9:00から申し込めます。" ||
		got[0].Lines[2] != "空いていれば、その場で決まります。" {
		t.Errorf("terms: %+v", got)
	}
	if !slices.Equal(got[1].Lines, []string{
		"使う月の1か月前の1日0:00から申し込めます。",
		"7日前まで申し込めます。",
		"1つの団体が使えるのは、1か月に4回までです。",
		"担当者が確認して決まります。",
		"仮押さえは7日間できます。",
		"3日前まで、自由に取り消せます。",
		"料金は「連携自治体」の区分です。",
	}) {
		t.Errorf("terms of partners: %q", got[1].Lines)
	}
	if lines := room.Sentences(easy, "豊島区")[1].Lines; lines[1] != "7日前まで 申し込めます。" {
		t.Errorf("easy: %q", lines)
	}
	if lines := room.Sentences(en,
		"Toshima")[2].Lines; lines[2] != "Confirmed after two checks, by staff and by whoever is responsible." {
		t.Errorf("English: %q", lines)
	}
	// What is not open is not promised; every word is there in every language.
	room.OpenTo = OpenToPartners
	if got := room.Sentences(ja, "豊島区"); len(got) != 2 {
		t.Errorf("a room for partners promises %+v", got)
	}
	for _, l := range []*i18n.Localizer{ja, en} {
		for prefix, words := range map[string][]string{"venue.layout.": LayoutKinds, "venue.equipment.": EquipmentKinds,
			"venue.weekday.": WeekdayNames[:], "venue.noise.": {"loud", "normal", "quiet"}} {
			for _, w := range words {
				if !l.Has(prefix + w) {
					t.Errorf("no words for %s%s", prefix, w)
				}
			}
		}
		for _, f := range Facts {
			if !l.Has("venue.fact." + string(f)) {
				t.Errorf("no words for %s", f)
			}
		}
		for _, code := range []string{
			SpanEmpty,
			SpanMidnight,
			SpanSeconds,
			SpanYears,
			OutsideHours,
			ClosedOnce,
			NotABlock,
			OffGrid,
			TooShort,
			TooLong,
			NotOpen,
			TooMany,
			WhyYearly,
			WhyWeekly,
			WhyNth,
			WhyHoliday,
			WhyAfterHoliday,
			WhyNoHours,
			BookingPast,
			BookingEarly,
			BookingLate,
			BookingCapped,
		} {
			if !l.Has("venue.problem." + code) {
				t.Errorf("no words for the problem %s", code)
			}
		}
		for _, code := range []string{
			"must_be_after_start",
			"hours_overlap",
			"block_not_made_of_others",
			"invalid",
			"required",
			"duplicate",
			"not_found",
			"unknown_value",
			"too_many",
		} {
			if !l.Has("field." + code) {
				t.Errorf("no words for the field code %s", code)
			}
		}
	}
}

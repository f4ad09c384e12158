package venue

import (
	"reflect"
	"testing"
)

// wantFilled fails for a field of a struct that has no value, so that a new field is not forgotten.
func wantFilled(t *testing.T, in any) {
	t.Helper()
	v := reflect.ValueOf(in)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("%T.%s is not tried", in, v.Type().Field(i).Name)
		}
	}
}

func wantSame[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
			t.Errorf("%s: %s is %#v, want %#v", what, g.Type().Field(i).Name, g.Field(i), w.Field(i))
		}
	}
}

// Every column of a facility is written, and written over with nothing.
func TestEveryColumnOfAFacilityIsKept(t *testing.T) {
	t.Parallel()
	k := setup(t)
	latitude, longitude := 35.728926, 139.71038
	full := FacilityInput{
		Name:            "区民センター",
		Kana:            "クミンセンター",
		English:         "Community Center",
		Alias:           "くみせん",
		AreaCode:        "131164",
		PostalCode:      "170-0013",
		Address:         "東京都豊島区東池袋1-20-10",
		Building:        "別館",
		Latitude:        &latitude,
		Longitude:       &longitude,
		Access:          "池袋駅から徒歩5分",
		Phone:           "03-0000-0000",
		PhoneExtension:  "12",
		Email:           "desk@example.jp",
		Website:         "https://example.jp/",
		Description:     "ホールと会議室",
		FloorInfo:       "地上8階",
		OperatedBy:      "指定管理者",
		CorporateNumber: "1234567890123",
		POICode:         "1111",
		OutsideID:       "A-1",
		BarrierFree:     []Fact{WheelchairAccess, Captions},
		Barriers:        []Fact{FoodDrink},
		BarrierNote:     `"引用"と\`,
		Hours:           hall(),
		HoursNote:       "臨時休館あり",
		Position:        7,
		Spaces:          []Space{{Name: "A面", Floor: "2階"}},
	}
	wantFilled(t, full)
	made, err := k.service.CreateFacility(t.Context(), k.kita, full)
	if err != nil {
		t.Fatal(err)
	}
	full.Spaces[0].ID = made.Spaces[0].ID
	wantSame(t, "made", made.FacilityInput, full)
	least := FacilityInput{
		Name: "区民館", AreaCode: "131164", Address: "東京都", BarrierFree: []Fact{}, Barriers: []Fact{}, Spaces: full.Spaces,
	}
	changed, err := k.service.ChangeFacility(t.Context(), k.kita, made.ID, func(in *FacilityInput) { *in = least })
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "changed", changed.FacilityInput, least)
}

// Every column of a room is written, and written over with nothing.
func TestEveryColumnOfARoomIsKept(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f := k.building()
	other := k.room(f, "B面", OpenToOwn, RoomSpace{SpaceID: f.Spaces[1].ID})
	area, food, yen, hourly := 45.5, true, 500, 800
	calendar := hall()
	uses := blocks()
	uses.Hours, uses.Least, uses.Most = &calendar, 30, 720
	full := RoomInput{
		Name:            "A面",
		Kana:            "エーメン",
		English:         "Side A",
		Floor:           "2階",
		Description:     "半面",
		AreaM2:          &area,
		Capacity:        40,
		FoodOK:          &food,
		Noise:           Loud,
		SetupMinutes:    15,
		ClearingMinutes: 30,
		OpenTo:          OpenToPartners,
		Partnerships:    []string{"ux"},
		Spaces:          []RoomSpace{{SpaceID: f.Spaces[0].ID}},
		Neighbours:      []Neighbour{{RoomID: other.ID, Rule: Forbid}},
		Layouts:         []Layout{{"school", 30}},
		Equipment:       []Equipment{{Kind: "piano", Name: "グランドピアノ", Count: 1, Yen: &yen}},
		Uses:            uses,
		Fees: []Fee{
			{Payer: "general", Name: "一般", Blocks: []BlockFee{{"morning", 1200}}, Hourly: &hourly, Note: "税込"},
		},
		Exemptions: []Exemption{{Key: "welfare", Name: "福祉団体", Percent: 50, Note: "要申請"}},
		Terms: []Term{{
			Who: Own, OpensMonths: 3, OpensDays: 1, OpensTime: at("9:00"), MonthStart: true, ClosesDays: 1, MonthCap: 4,
			CancelDays: 7, Approvals: 2, HoldDays: 5, Payer: "general",
		}},
		Position: 3,
	}
	wantFilled(t, full)
	made, err := k.service.CreateRoom(t.Context(), k.kita, f.ID, full)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "made", made.RoomInput, full)
	least := RoomInput{
		Name:       "C面",
		Capacity:   1,
		Noise:      Normal,
		OpenTo:     OpenToOwn,
		Spaces:     full.Spaces,
		Uses:       Uses{Mode: ByGrid, Grid: 30},
		Layouts:    []Layout{},
		Equipment:  []Equipment{},
		Fees:       []Fee{},
		Exemptions: []Exemption{},
		Terms:      []Term{},
	}
	changed, err := k.service.ChangeRoom(t.Context(), k.kita, made.ID, func(in *RoomInput) { *in = least })
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "changed", changed.RoomInput, least)
}

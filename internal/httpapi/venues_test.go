package httpapi

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
)

func facilityBody() obj {
	return obj{
		"name":        "としまセンタースクエア",
		"area_code":   "131164",
		"address":     "東京都豊島区南池袋二丁目45番1号",
		"postal_code": "171-8422",
		"outside_id":  "0007",
		"coordinates": obj{
			"latitude":  35.726,
			"longitude": 139.716,
		},
		"phone":        "03-0000-0000",
		"email":        "desk@toshima.example.jp",
		"access":       "東池袋駅から歩いて3分",
		"barrier_free": list{"wheelchair_access", "multipurpose_toilet"},
		"barriers":     list{"stroller_loan"},
		"spaces":       list{obj{"name": "A面", "floor": "1階"}, obj{"name": "B面"}, obj{"name": "ホワイエ"}},
		"hours": obj{
			"seasons": list{
				obj{
					"week": obj{
						"tue": list{obj{"from": "9:00", "to": "24:00"}},
						"sat": list{obj{"from": "09:00", "to": "17:00"}},
					},
				},
			},
			"closed": list{
				obj{"kind": "weekly", "weekday": "mon"},
				obj{"kind": "yearly", "first": "12-29", "last": "01-03"},
			},
			"next_weekday": true,
		},
	}
}

func roomBody(facility string, spaces ...string) obj {
	made := list{}
	for _, s := range spaces {
		made = append(made, obj{"space_id": s})
	}
	return obj{
		"facility_id":  facility,
		"name":         "全面",
		"capacity":     80,
		"area_m2":      120.5,
		"food":         "allowed",
		"spaces":       made,
		"open_to":      "partners",
		"partnerships": list{"ux"},
		"layouts": list{
			obj{"kind": "school", "capacity": 60},
			obj{"kind": "theater", "capacity": 80},
		},
		"equipment": list{obj{"kind": "projector", "count": 1, "yen": 500}},
		"uses": obj{"mode": "blocks", "blocks": list{
			obj{
				"key":  "morning",
				"name": "午前",
				"kind": "block",
				"from": "09:00",
				"to":   "12:00",
			},
			obj{"key": "afternoon", "name": "午後", "kind": "block", "from": "13:00", "to": "17:00"},
			obj{"key": "day", "name": "全日", "kind": "whole", "from": "09:00", "to": "17:00"},
		}},
		"fees": list{
			obj{
				"payer":  "partner",
				"name":   "連携自治体",
				"blocks": list{obj{"block": "morning", "yen": 0}, obj{"block": "afternoon", "yen": 0}},
			},
		},
		"exemptions": list{obj{"key": "half", "name": "福祉団体", "percent": 50}},
		"terms": list{
			obj{"who": "own", "opens_months": 3, "opens_time": "09:00"},
			obj{
				"who":          "partners",
				"opens_months": 1,
				"month_start":  true,
				"opens_time":   "09:00",
				"closes_days":  7,
				"month_cap":    2,
				"approvals":    1,
				"hold_days":    7,
				"cancel_days":  3,
				"payer":        "partner",
			},
		},
	}
}

func picture() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for x := range 60 {
		for y := range 40 {
			m.SetRGBA(x, y, color.RGBA{uint8(4 * x), uint8(5 * y), 90, 255})
		}
	}
	var out bytes.Buffer
	_ = jpeg.Encode(&out, m, nil) // into memory
	return out.Bytes()
}

const facilityList = "全国地方公共団体コード,ID,名称,所在地_連結表記,開始時間,終了時間\n13116,0001,区民ひろば,東京都豊島区南大塚2-36-1,9時,24:00\n131059,2," +
	"他区の施設,東京都文京区1-1,,\n"

// goodFile fills in what a request with a file, or with a query it can't do without, needs.
func (b *bundle) goodFile(q *req) {
	switch q.operation {
	case "addPhoto":
		q.body, q.query, q.header = picture(), "?alt=x", map[string]string{"Content-Type": "image/jpeg"}
	case "importFacilities":
		q.body, q.query, q.header = []byte(facilityList), "?dry_run=true", map[string]string{"Content-Type": "text/csv"}
	case "listHolidays":
		q.query = "?year=2026"
	}
}

func (b *bundle) refuseBadFiles(t *testing.T, q req) {
	t.Helper()
	for what, c := range map[string]struct {
		body   []byte
		media  string
		status int
		code   string
	}{
		"JSON":                   {[]byte("{}"), "application/json", 415, ""},
		"a type of another kind": {[]byte("x"), "text/html", 415, ""},
		"no type":                {[]byte("x"), "", 415, ""},
		"nothing":                {[]byte{}, q.header["Content-Type"], 400, ""},
		"noise":                  {[]byte("\x00\x01\x02"), q.header["Content-Type"], 422, ""},
		"13 MB":                  {bytes.Repeat([]byte("a"), 13<<20), q.header["Content-Type"], 413, "body_too_large"},
	} {
		bad := q
		bad.body, bad.header = c.body, map[string]string{"Content-Type": c.media}
		if r := b.refuse(t, what, bad, c.status); c.code != "" && r.code != c.code {
			t.Errorf("%s: %s is answered %s", q.operation, what, r.code)
		}
	}
}

// tourVenues goes from a draft to a room that others see.
func (b *bundle) tourVenues(t *testing.T) {
	t.Helper()
	as := func(operation string, path map[string]string, body any) req {
		return req{operation: operation, auth: bearer(b.publisher), path: path, body: body}
	}
	f := must[api.StaffFacility](t, b, 201, as("createFacility", nil, facilityBody()))
	at := map[string]string{"facility_id": f.ID.String()}
	if f.Status != "draft" || len(f.Spaces) != 3 || f.Spaces[0].Floor != "1階" || *f.Coordinates.Longitude != 139.716 ||
		len(f.Barriers) != 1 {
		t.Errorf("the draft is %+v", f.FacilityFacts)
	}
	if r := b.do(t, req{operation: "getFacility", path: at}); r.StatusCode != 404 || r.code != "facility_unknown" {
		t.Errorf("a draft in public: %d", r.StatusCode)
	}
	whole := must[api.StaffRoom](
		t,
		b,
		201,
		as("createRoom", nil, roomBody(f.ID.String(), f.Spaces[0].ID.String(), f.Spaces[1].ID.String())),
	)
	half := roomBody(f.ID.String(), f.Spaces[0].ID.String())
	half["name"], half["neighbours"], half["open_to"] = "A面", list{obj{"room_id": whole.ID, "rule": "warn"}}, "own"
	own := must[api.StaffRoom](t, b, 201, as("createRoom", nil, half))
	room := map[string]string{"room_id": whole.ID.String()}
	if r := b.do(t, as("openRoom", room, nil)); r.StatusCode != 409 || r.code != "facility_draft" {
		t.Errorf("a room before its facility: %d %s", r.StatusCode, r.code)
	}
	must[api.StaffFacility](t, b, 200, as("openFacility", at, nil))
	must[api.StaffRoom](t, b, 200, as("openRoom", room, nil))
	must[api.StaffRoom](t, b, 200, as("openRoom", map[string]string{"room_id": own.ID.String()}, nil))
	changed := must[api.StaffRoom](
		t,
		b,
		200,
		as(
			"changeRoom",
			room,
			obj{"capacity": 90, "layouts": list{obj{"kind": "islands", "capacity": 40}}, "food": "", "area_m2": 0},
		),
	)
	if changed.Capacity != 90 || len(changed.Layouts) != 1 || changed.Name != "全面" || changed.Food != "" ||
		changed.AreaM2 != 0 ||
		len(changed.Neighbours) != 1 {
		t.Errorf("changed to %+v", changed.RoomFacts)
	}
	if r := b.do(
		t,
		as("changeFacility", at, obj{"spaces": list{obj{"id": f.Spaces[1].ID, "name": "B面"}}}),
	); r.StatusCode != 409 ||
		r.code != "space_in_use" {
		t.Errorf("a space goes that a room is made of: %d %s", r.StatusCode, r.code)
	}
	must[api.StaffFacility](t, b, 200, as("changeFacility", at, obj{"description": "区役所の1階です。"}))
	must[api.StaffFacility](t, b, 200, req{operation: "getStaffFacility", auth: bearer(b.editor), path: at})
	must[api.StaffRoom](t, b, 200, req{operation: "getStaffRoom", auth: bearer(b.editor), path: room})
	if l := must[api.StaffFacilityPage](
		t,
		b,
		200,
		req{operation: "listStaffFacilities", auth: bearer(b.editor)},
	); len(l.Items) != 1 {
		t.Errorf("%d facilities", len(l.Items))
	}
	if l := must[api.StaffRoomPage](
		t,
		b,
		200,
		req{operation: "listStaffRooms", auth: bearer(b.editor), query: "?limit=1&facility=" + f.ID.String()},
	); len(l.Items) != 1 ||
		l.NextCursor == nil {
		t.Errorf("%d rooms on a page of one", len(l.Items))
	}
	b.tourPublicVenues(t, f, whole)
	b.tourVenueParts(t, at)

	// The end: what is used is closed, what is not may go.
	if r := b.do(t, as("deleteFacility", at, nil)); r.StatusCode != 409 || r.code != "venue_in_use" {
		t.Errorf("a facility with rooms goes: %d %s", r.StatusCode, r.code)
	}
	must[api.StaffRoom](t, b, 200, as("closeRoom", room, obj{"on": "2027-03-31", "reason": "工事のため"}))
	if r := b.do(t, as("closeRoom", room, obj{"on": "2027-03-31"})); r.code != "venue_status" {
		t.Errorf("closed twice: %s", r.code)
	}
	if seen := must[api.Room](t, b, 200, req{operation: "getRoom", path: room}); seen.Status != "closed" ||
		seen.CloseReason != "工事のため" {
		t.Errorf("a closed room reads %s %q", seen.Status, seen.CloseReason)
	}
	must[struct{}](t, b, 204, as("deleteRoom", room, nil))
	must[struct{}](t, b, 204, as("deleteRoom", map[string]string{"room_id": own.ID.String()}, nil))
	must[api.StaffFacility](t, b, 200, as("closeFacility", at, obj{"on": "2027-03-31"}))
	must[struct{}](t, b, 204, as("deleteFacility", at, nil))
}

func (b *bundle) tourPublicVenues(t *testing.T, f api.StaffFacility, whole api.StaffRoom) {
	t.Helper()
	for query, want := range map[string]int{
		"": 1,
		"?area=131164&q=%E3%82%BB%E3%83%B3%E3%82%BF%E3%83%BC": 1,
		"?organization=bunkyo":                                0,
		"?q=nowhere":                                          0,
	} {
		if l := must[api.FacilityPage](
			t,
			b,
			200,
			req{operation: "listFacilities", query: query},
		); len(l.Items) != want {
			t.Errorf("facilities%s: %d, want %d", query, len(l.Items), want)
		}
	}
	for query, want := range map[string]int{
		"":                            1,
		"?capacity=90":                1,
		"?capacity=91":                0,
		"?layout=islands&capacity=40": 1,
		"?layout=islands&capacity=41": 0,
		"?layout=theater":             0,
		"?equipment=projector":        1,
		"?equipment=projector,piano":  0,
		"?partnership=ux":             1,
		"?area=131059":                0,
		"?facility=" + f.ID.String():  1,
		"?q=%E5%85%A8%E9%9D%A2":       1,
		"?q=%25":                      0,
	} {
		if l := must[api.RoomPage](t, b, 200, req{operation: "listRooms", query: query}); len(l.Items) != want {
			t.Errorf("rooms%s: %d, want %d", query, len(l.Items), want)
		}
	}
	for _, query := range []string{
		"?capacity=0",
		"?capacity=many",
		"?layout=moon",
		"?equipment=moon",
		"?partnership=nowhere",
		"?organization=nowhere",
		"?area=1",
		"?facility=x",
	} {
		if r := b.do(t, req{operation: "listRooms", query: query}); r.StatusCode != 400 && r.StatusCode != 422 {
			t.Errorf("rooms%s: %d", query, r.StatusCode)
		}
	}
	room := req{operation: "getRoom", path: map[string]string{"room_id": whole.ID.String()}}
	ja := must[api.Room](t, b, 200, room)
	if len(ja.Rules) != 2 || ja.Rules[1].Lines[0] != "使う月の1か月前の1日9:00から申し込めます。" || ja.Rules[0].Title != "豊島区" {
		t.Errorf("rules %+v", ja.Rules)
	}
	room.query = "?lang=en"
	if en := must[api.Room](t, b, 200, room); en.Rules[1].Lines[1] != "Can be booked until 7 days before." {
		t.Errorf("rules %+v", en.Rules)
	}
	facility := must[api.Facility](
		t,
		b,
		200,
		req{operation: "getFacility", path: map[string]string{"facility_id": f.ID.String()}},
	)
	if len(facility.HoursText) != 3 || facility.HoursText[0] != "火 9:00〜24:00、土 9:00〜17:00" {
		t.Errorf("hours %q", facility.HoursText)
	}
	file := b.send(t, http.MethodGet, "/opendata/131164_public_facility.csv", req{})
	if file.StatusCode != 200 || !bytes.HasPrefix(file.raw, []byte("\ufeff全国地方公共団体コード,ID,")) ||
		!strings.Contains(string(file.raw), "131164,0007,豊島区,としまセンタースクエア") ||
		file.Header.Get("ETag") == "" {
		t.Errorf("the list: %d %s %v", file.StatusCode, file.raw, file.Header)
	}
	old := b.send(t, http.MethodGet, "/opendata/131164_public_facility.csv?edition=legacy&encoding=cp932", req{})
	if old.StatusCode != 200 || bytes.HasPrefix(old.raw, []byte("\ufeff")) ||
		old.Header.Get("Content-Type") != "text/csv; charset=Windows-31J" {
		t.Errorf("the older list: %d %v", old.StatusCode, old.Header)
	}
	for target, status := range map[string]int{
		"/opendata/131059_public_facility.csv":              200,
		"/opendata/131016_public_facility.csv":              404,
		"/opendata/1_public_facility.csv":                   404,
		"/opendata/x.csv":                                   404,
		"/opendata/131164_public_facility.csv?edition=best": 400,
		"/opendata/131164_public_facility.csv?surprise=1":   400,
	} {
		if r := b.send(t, http.MethodGet, target, req{}); r.StatusCode != status {
			t.Errorf("%s: %d, want %d", target, r.StatusCode, status)
		}
	}
	again := b.do(
		t,
		req{
			operation: "importFacilities",
			auth:      bearer(b.publisher),
			body:      file.raw,
			header:    map[string]string{"Content-Type": "text/csv; charset=utf-8"},
		},
	)
	if !strings.Contains(string(again.raw), `"created":0`) || !strings.Contains(string(again.raw), `"refused":0`) {
		t.Errorf("our own list comes back as %s", again.raw)
	}
}

func (b *bundle) tourVenueParts(t *testing.T, at map[string]string) {
	t.Helper()
	as := func(operation string, more map[string]string, body any) req {
		path := map[string]string{"facility_id": at["facility_id"]}
		for k, v := range more {
			path[k] = v
		}
		return req{operation: operation, auth: bearer(b.publisher), path: path, body: body}
	}
	day := b.clock.Now().AddDate(0, 0, 20).Format("2006-01-02")
	c := must[api.Closure](
		t,
		b,
		201,
		as(
			"createClosure",
			nil,
			obj{"starts_at": day + "T00:00:00+09:00", "ends_at": day + "T23:59:59+09:00", "reason": "選挙のため"},
		),
	)
	for what, body := range map[string]obj{
		"end before start": {
			"starts_at": day + "T12:00:00+09:00",
			"ends_at":   day + "T09:00:00+09:00",
			"reason":    "x",
		},
		"empty": {
			"starts_at": day + "T12:00:00+09:00",
			"ends_at":   day + "T12:00:00+09:00",
			"reason":    "x",
		},
		"endless": {"starts_at": day + "T12:00:00+09:00", "ends_at": "9999-12-31T00:00:00Z", "reason": "x"},
		"24:00": {
			"starts_at": day + "T12:00:00+09:00",
			"ends_at":   day + "T24:00:00+09:00",
			"reason":    "x",
		},
		"a room of elsewhere": {
			"starts_at": day + "T12:00:00+09:00",
			"ends_at":   day + "T13:00:00+09:00",
			"reason":    "x",
			"room_id":   uuid.NewString(),
		},
	} {
		b.refuse(t, "a closing "+what, as("createClosure", nil, body), 422)
	}
	if l := must[api.ClosurePage](t, b, 200, as("listClosures", nil, nil)); len(l.Items) != 1 {
		t.Errorf("%d closings", len(l.Items))
	}
	must[struct{}](t, b, 204, as("deleteClosure", map[string]string{"closure_id": c.ID.String()}, nil))

	must[api.Holiday](
		t,
		b,
		200,
		as("setHoliday", map[string]string{"day": "2026-10-01"}, obj{"name": "都民の日", "observed": true}),
	)
	if l := must[api.HolidayPage](
		t,
		b,
		200,
		req{operation: "listHolidays", auth: bearer(b.editor), query: "?year=2026"},
	); len(l.Items) != 1 ||
		l.Items[0].Name != "都民の日" {
		t.Errorf("holidays %+v", l.Items)
	}
	must[struct{}](t, b, 204, as("removeHoliday", map[string]string{"day": "2026-10-01"}, nil))

	upload := as("addPhoto", nil, picture())
	upload.query, upload.header = "?alt=%E8%88%9E%E5%8F%B0", map[string]string{
		"Content-Type":          "image/jpeg",
		contract.IdempotencyKey: "photo-1",
	}
	p := must[api.Photo](t, b, 201, upload)
	if again := must[api.Photo](t, b, 201, upload); again.ID != p.ID || len(p.Images) != 3 || p.Alt != "舞台" {
		t.Errorf("the photo %+v, sent again %+v", p, again)
	}
	upload.query = "?alt=other"
	if r := b.do(t, upload); r.code != "idempotency_key_reused" {
		t.Errorf("the key for another text: %s", r.code)
	}
	which := map[string]string{"photo_id": p.ID.String()}
	must[api.Photo](t, b, 200, as("changePhoto", which, obj{"alt": "客席から見た舞台"}))
	must[struct{}](t, b, 204, as("deletePhoto", which, nil))

	bring := req{
		operation: "importFacilities",
		auth:      bearer(b.publisher),
		body:      []byte(facilityList),
		query:     "?dry_run=true",
		header:    map[string]string{"Content-Type": "text/csv"},
	}
	before := b.rows(t)
	dry := must[api.ImportReport](t, b, 200, bring)
	if dry.Created != 1 || dry.Refused != 1 || b.rows(t) != before {
		t.Errorf("a dry run: %+v", dry)
	}
	bring.query = "?open=true"
	done := must[api.ImportReport](t, b, 200, bring)
	if len(done.Rows) != 2 || done.Rows[0].FacilityID == nil || len(done.Rows[0].Mended) != 2 ||
		done.Rows[1].RefusedFor[0].Code != "code_of_another" {
		t.Fatalf("the import: %+v", done)
	}
	if again := must[api.ImportReport](t, b, 200, bring); again.Unchanged != 1 || again.Created != 0 {
		t.Errorf("the same list again: %+v", again)
	}
	must[struct{}](
		t,
		b,
		204,
		as("deleteFacility", map[string]string{"facility_id": done.Rows[0].FacilityID.String()}, nil),
	)
}

func TestImpossibleVenuesAreRefusedWhole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	good := must[api.StaffFacility](
		t,
		b,
		201,
		req{operation: "createFacility", auth: bearer(b.publisher), body: facilityBody()},
	)
	foreign := must[api.StaffFacility](
		t,
		b,
		201,
		req{
			operation: "createFacility",
			auth:      bearer(b.foreign),
			path:      map[string]string{"slug": "bunkyo"},
			body:      merged(facilityBody(), "area_code", "131059"),
		},
	)
	id, space := good.ID.String(), good.Spaces[0].ID.String()
	week := func(from, to string) obj {
		return obj{"seasons": list{obj{"week": obj{"mon": list{obj{"from": from, "to": to}}}}}}
	}
	for what, body := range map[string]obj{
		"a code of nowhere":                merged(facilityBody(), "area_code", "131165"),
		"hours that end before they start": merged(facilityBody(), "hours", week("17:00", "09:00")),
		"no hours between":                 merged(facilityBody(), "hours", week("09:00", "09:00")),
		"25:00":                            merged(facilityBody(), "hours", week("09:00", "25:00")),
		"24:01":                            merged(facilityBody(), "hours", week("09:00", "24:01")),
		"a zone":                           merged(facilityBody(), "hours", week("09:00+09:00", "17:00")),
		"30 February": merged(
			facilityBody(),
			"hours",
			obj{"closed": list{obj{"kind": "yearly", "first": "02-30", "last": "03-01"}}},
		),
		"a rule without its day": merged(facilityBody(), "hours", obj{"closed": list{obj{"kind": "weekly"}}}),
		"swapped coordinates":    merged(facilityBody(), "coordinates", obj{"latitude": 139, "longitude": 35}),
		"half a place":           merged(facilityBody(), "coordinates", obj{"latitude": 35, "longitude": nil}),
		"a script":               merged(facilityBody(), "website", "javascript:alert(1)"),
		"both there and not":     merged(facilityBody(), "barriers", list{"wheelchair_access"}),
		"a space twice":          merged(facilityBody(), "spaces", list{obj{"name": "A"}, obj{"name": "A"}}),
		"another's space": merged(
			facilityBody(),
			"spaces",
			list{obj{"id": foreign.Spaces[0].ID, "name": "A"}},
		),
		"no mail address":            merged(facilityBody(), "email", "desk"),
		"a person's name in a phone": merged(facilityBody(), "phone", "山田 03"),
	} {
		b.refuse(
			t,
			"a facility with "+what,
			req{operation: "createFacility", auth: bearer(b.publisher), body: merged(body, "outside_id", "9")},
			422,
		)
	}
	b.refuse(
		t,
		"an identifier that is taken",
		req{operation: "createFacility", auth: bearer(b.publisher), body: facilityBody()},
		409,
	)
	uses := func(blocks ...any) obj { return obj{"mode": "blocks", "blocks": list(blocks)} }
	block := func(key, kind, from, to string) obj {
		return obj{"key": key, "name": key, "kind": kind, "from": from, "to": to}
	}
	for what, body := range map[string]obj{
		"another's space":        roomBody(id, foreign.Spaces[0].ID.String()),
		"no space":               roomBody(id),
		"the same space twice":   roomBody(id, space, space),
		"shared spaces only":     merged(roomBody(id), "spaces", list{obj{"space_id": space, "shared": true}}),
		"an unknown partnership": merged(roomBody(id, space), "partnerships", list{"nowhere"}),
		"no partnership":         merged(roomBody(id, space), "partnerships", list{}),
		"itself beside it": merged(
			roomBody(id, space),
			"neighbours",
			list{obj{"room_id": uuid.NewString(), "rule": "warn"}},
		),
		"blocks that overlap": merged(
			roomBody(id, space),
			"uses",
			uses(block("morning", "block", "09:00", "12:00"), block("noon", "block", "11:00", "13:00")),
		),
		"a whole of nothing": merged(
			roomBody(id, space),
			"uses",
			uses(block("morning", "block", "09:00", "12:00"), block("whole", "whole", "09:00", "13:00")),
		),
		"a block that ends before it starts": merged(
			roomBody(id, space),
			"uses",
			uses(block("morning", "block", "12:00", "09:00")),
		),
		"no blocks":       merged(roomBody(id, space), "uses", obj{"mode": "blocks"}),
		"a grid of seven": merged(roomBody(id, space), "uses", obj{"mode": "grid", "grid_minutes": 7}),
		"a fee of no block": merged(
			roomBody(id, space),
			"fees",
			list{obj{"payer": "x", "name": "x", "blocks": list{obj{"block": "night", "yen": 1}}}},
		),
		"a debt": merged(roomBody(id, space), "fees", list{obj{"payer": "x", "name": "x", "hourly_yen": -1}}),
		"110 percent": merged(
			roomBody(id, space),
			"exemptions",
			list{obj{"key": "x", "name": "x", "percent": 110}},
		),
		"a window that never opens": merged(roomBody(id, space), "terms", list{obj{"who": "own"}}),
		"a window that closes first": merged(
			roomBody(id, space),
			"terms",
			list{obj{"who": "own", "opens_days": 7, "closes_days": 30}},
		),
		"a layout over the capacity": merged(
			roomBody(id, space),
			"layouts",
			list{obj{"kind": "school", "capacity": 81}},
		),
		"the same terms twice": merged(
			roomBody(id, space),
			"terms",
			list{obj{"who": "own", "opens_days": 7}, obj{"who": "own", "opens_days": 8}},
		),
		"nobody": merged(roomBody(id, space), "capacity", 0),
		"a payer without a fee": merged(
			roomBody(id, space),
			"terms",
			list{obj{"who": "own", "opens_days": 7, "payer": "gold"}},
		),
	} {
		b.refuse(t, "a room with "+what, req{operation: "createRoom", auth: bearer(b.publisher), body: body}, 422)
	}
	b.refuse(
		t,
		"a room of a neighbour's facility",
		req{
			operation: "createRoom",
			auth:      bearer(b.publisher),
			body:      roomBody(foreign.ID.String(), foreign.Spaces[0].ID.String()),
		},
		404,
	)
	for _, operation := range []string{"getStaffFacility", "deleteFacility", "openFacility", "listClosures"} {
		b.refuse(
			t,
			"a neighbour's facility",
			req{
				operation: operation,
				auth:      bearer(b.publisher),
				path:      map[string]string{"facility_id": foreign.ID.String()},
			},
			404,
		)
	}
	b.refuse(
		t,
		"a change of a neighbour's",
		req{
			operation: "changeFacility",
			auth:      bearer(b.publisher),
			path:      map[string]string{"facility_id": foreign.ID.String()},
			body:      obj{"name": "わたしのもの"},
		},
		404,
	)
	if strings.Contains(b.log.String(), `"level":"ERROR"`) {
		t.Errorf("the log has errors: %.2000s", b.log.String())
	}
}

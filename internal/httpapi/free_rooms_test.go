package httpapi

import (
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/api"
)

func TestFreeRoomsByWhatIsThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := b.newHall(t)
	for _, change := range []string{
		`update room set layouts = '[{"kind": "theater", "capacity": 60}]',
			equipment = '[{"kind": "piano", "count": 1}, {"kind": "stage", "count": 1}]' where facility_id = $1
			  and name = 'ホール全面'`,
		`update facility set barrier_free = '{slope_elevator,nursing_room}' where id = $1`,
	} {
		if _, err := b.Pool(t).Exec(t.Context(), change, h.FacilityID); err != nil {
			t.Fatal(err)
		}
	}
	window := b.windows()["findFreeRooms"] + "&partnership=ux"
	for conditions, want := range map[string]int{
		"":                                    4,
		"&layout=theater&capacity=60":         1,
		"&layout=theater&capacity=61":         0,
		"&equipment=piano,stage":              1,
		"&equipment=piano,mirror":             0,
		"&barrier_free=nursing_room":          4,
		"&barrier_free=nursing_room,captions": 0,
	} {
		if page := must[api.FreeRoomPage](
			t,
			b,
			200,
			req{operation: "findFreeRooms", query: window + conditions},
		); len(page.Items) != want {
			t.Errorf("%q finds %d rooms, want %d", conditions, len(page.Items), want)
		}
	}
	for _, conditions := range []string{
		"&layout=x",
		"&equipment=x",
		"&barrier_free=x",
		"&barrier_free=" + strings.Repeat("captions,", 18) + "captions",
	} {
		b.refuse(t, conditions, req{operation: "findFreeRooms", query: window + conditions}, 400, 422)
	}
	first := must[api.FreeRoomPage](t, b, 200, req{operation: "findFreeRooms", query: window + "&limit=1"})
	b.refuse(
		t,
		"a cursor of another search",
		req{operation: "findFreeRooms", query: window + "&limit=1&equipment=piano&cursor=" + *first.NextCursor},
		400,
	)
}

package httpapi

import (
	"net/http"
	"slices"
	"testing"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// conflictOnce has the next request with a key run into a conflict of transactions when its answer
// is stored, so that it is done again from its beginning.
func (b *bundle) conflictOnce(t *testing.T) {
	t.Helper()
	_, err := b.Pool(t).Exec(t.Context(), `
		create sequence if not exists conflicts;
		alter sequence conflicts restart;
		create or replace function conflict_once() returns trigger language plpgsql security definer as $$
		begin
		  if nextval('conflicts') = 1 then -- is not undone
		    raise exception using errcode = 'serialization_failure';
		  end if;
		  return new;
		end $$;
		create or replace trigger conflict_once before insert on idempotency_key
			for each row execute function conflict_once()`)
	if err != nil {
		t.Fatal(err)
	}
}

// A request that is done again after a conflict of transactions finds its body [C8].
func TestARequestIsDoneAgainWithItsBody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	facility := b.openFacility(
		t,
		b.toshima,
		venue.FacilityInput{Name: "会館", AreaCode: "131164", Address: "東京都豊島区1-1"},
	).String()
	with := func(operation, key string, body any) req {
		q := req{
			operation: operation,
			auth:      bearer(b.publisher),
			path:      map[string]string{"facility_id": facility},
			body:      body,
		}
		b.goodFile(&q)
		if q.header == nil {
			q.header = map[string]string{}
		}
		q.header[contract.IdempotencyKey] = key
		return q
	}
	list := with("importFacilities", "list", nil)
	list.query = ""
	for _, q := range []req{with("createFacility", "json", facilityBody()), with("addPhoto", "photo", nil), list} {
		b.conflictOnce(t)
		first := b.do(t, q)
		if first.StatusCode >= 300 {
			t.Errorf("%s: %d %s after a conflict", q.operation, first.StatusCode, first.code)
		}
		if again := b.do(t, q); again.StatusCode != first.StatusCode || string(again.raw) != string(first.raw) {
			t.Errorf(
				"%s: %d %s sent again, first %d %s",
				q.operation,
				again.StatusCode,
				again.raw,
				first.StatusCode,
				first.raw,
			)
		}
	}
}

// contents gives a checksum of every table, but for the answers that are kept for keys.
func (b *bundle) contents(t *testing.T) map[string]string {
	t.Helper()
	pool, all := b.Pool(t), map[string]string{}
	rows, err := pool.Query(
		t.Context(),
		`select tablename from pg_tables where schemaname = 'public' and tablename <> 'idempotency_key'`,
	)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, name := range tables {
		var sum string
		if err := pool.QueryRow(
			t.Context(),
			`select coalesce(md5(string_agg(x::text, '|' order by x::text)), '') from "`+name+`" x`,
		).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		all[name] = sum
	}
	return all
}

// A dry run writes nothing, with a key and without [I1]; whatever operation has one.
func TestDryRunsWriteNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tried := 0
	for _, o := range contractOperations(t) {
		if !o.Queries["dry_run"] {
			continue
		}
		q := req{operation: o.ID, auth: bearer(b.admin), header: map[string]string{}}
		b.goodFile(&q)
		for _, key := range []string{"", "dry"} {
			if q.query = "?dry_run=true"; key != "" && !o.TakesKey {
				continue
			}
			q.header[contract.IdempotencyKey] = key
			if key == "" {
				delete(q.header, contract.IdempotencyKey)
			}
			tried++
			before := b.contents(t)
			first := b.do(t, q)
			if first.StatusCode >= 300 {
				t.Fatalf("%s: %d %s", o.ID, first.StatusCode, first.code)
			}
			after := b.contents(t)
			for table, sum := range before {
				if after[table] != sum {
					t.Errorf("a dry run of %s with the key %q writes to %s", o.ID, key, table)
				}
			}
			if again := b.do(t, q); string(again.raw) != string(first.raw) {
				t.Errorf("a dry run of %s with the key %q: %s, then %s", o.ID, key, first.raw, again.raw)
			}
		}
		q.query, q.header[contract.IdempotencyKey] = "", "real"
		before := b.contents(t)
		if r := b.do(t, q); r.StatusCode >= 300 {
			t.Errorf("%s in earnest: %d %s", o.ID, r.StatusCode, r.code)
		}
		if changed := b.contents(t); changed["facility"] == before["facility"] {
			t.Errorf("%s in earnest writes nothing: the check above would see nothing", o.ID)
		}
	}
	if tried == 0 {
		t.Error("no operation has a dry run")
	}
}

// A series that is sent with a key hears of other rooms as one without [I1], and the same when it
// is sent again.
func TestARetriedSeriesListsOtherRooms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := b.newHall(t)
	body := b.bookingSeriesBody(h.Tea)
	taken := b.bookingBody(h.Tea, 10, 12)
	for name, at := range map[string]string{"starts_at": "T10:00:00+09:00", "ends_at": "T12:00:00+09:00"} {
		taken[name] = body["first_day"].(string) + at
	}
	must[api.Booking](t, b, http.StatusCreated, req{operation: "placeBooking", auth: bearer(b.admin), body: taken})
	q := req{
		operation: "placeBookingSeries",
		auth:      bearer(b.foreign),
		path:      map[string]string{"slug": "bunkyo"},
		body:      body,
		header:    map[string]string{contract.IdempotencyKey: "series"},
	}
	first, again := must[api.BookingSeriesResult](
		t,
		b,
		http.StatusCreated,
		q,
	), must[api.BookingSeriesResult](
		t,
		b,
		http.StatusCreated,
		q,
	)
	offered := func(r api.BookingSeriesResult) (rooms []string) {
		for _, rejected := range r.Rejected {
			for _, offer := range rejected.Offers {
				rooms = append(rooms, offer.Room.ID.String())
			}
		}
		return rooms
	}
	if len(first.Rejected) != 1 || len(offered(first)) == 0 || !slices.Equal(offered(first), offered(again)) ||
		first.Series.ID != again.Series.ID {
		t.Errorf("rejected %+v, sent again %+v", first.Rejected, again.Rejected)
	}
}

package round

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// redrawn is the draw made by somebody who has the published list, the seed and docs/rounds.md, and
// none of this program: what each number was given, "" for nothing. Who withdrew is published too,
// and so is which wishes were struck.
func redrawn(list []byte, seed string, withdrawn []string, struck ...lottery.Struck) map[string]string {
	sum := func(s string) string { b := sha256.Sum256([]byte(s)); return hex.EncodeToString(b[:]) }
	type use struct {
		space    string
		from, to int
	}
	takes, seats, entries, digest := map[string][]use{}, map[string]int{}, map[string][]string{}, sum(string(list))
	for line := range strings.Lines(string(list)) {
		switch words := strings.Split(strings.TrimSuffix(line, "\n"), " "); words[0] {
		case "pool":
			seats[words[1]], _ = strconv.Atoi(words[2])
		case "takes":
			from, _ := strconv.Atoi(words[2])
			to, _ := strconv.Atoi(words[3])
			for _, space := range words[4:] {
				takes[words[1]] = append(takes[words[1]], use{space, from, to})
			}
		case "entry":
			entries[sum("tonarimachi lottery order v1\n"+seed+"\n"+digest+"\n"+words[1]+"\n")] = words
		}
	}
	out, given := map[string]string{}, []use{}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		e := entries[key]
		out[e[1]] = ""
		for _, pool := range e[3:] {
			free := seats[pool] > 0 && !slices.Contains(withdrawn, e[1]) &&
				!slices.Contains(struck, lottery.Struck{Number: e[1], Pool: pool})
			for _, u := range takes[pool] {
				for _, g := range given {
					name, how, _ := strings.Cut(u.space, ":")
					other, otherwise, _ := strings.Cut(g.space, ":")
					free = free && (name != other || u.from >= g.to || g.from >= u.to || how != "" && otherwise != "")
				}
			}
			if free {
				seats[pool]--
				given = append(given, takes[pool]...)
				out[e[1]] = pool
				break
			}
		}
	}
	return out
}

// promised tells whether seed and list are those that were promised, as somebody would who has only
// what was published of the round.
func promised(r *Round, list []byte, seed string) bool {
	commitment := sha256.Sum256([]byte("tonarimachi lottery commitment v1\n" + r.ID.String() + "\n" + seed + "\n"))
	digest := sha256.Sum256(list)
	return hex.EncodeToString(commitment[:]) == r.Commitment.String() && hex.EncodeToString(digest[:]) == r.Digest
}

// plan is a pure one: rooms with the pieces they are made of, and a table, written by hand, of
// which rooms stand in each other's way.
type plan struct {
	rooms  []uuid.UUID
	pieces map[uuid.UUID][]string
	clash  map[[2]uuid.UUID]bool
}

func newPlan() plan {
	id := func(n byte) uuid.UUID { return uuid.UUID{15: n} }
	a, b, whole, foyer, tea := id(1), id(2), id(3), id(4), id(5)
	p := plan{
		rooms: []uuid.UUID{a, b, whole, foyer, tea},
		pieces: map[uuid.UUID][]string{
			a:     {"A", "F:common"},
			b:     {"B", "F:common"},
			whole: {"A", "B", "F"},
			foyer: {"F"},
			tea:   {"T"},
		},
		clash: map[[2]uuid.UUID]bool{},
	}
	for _, pair := range [][2]uuid.UUID{
		{a, a},
		{b, b},
		{whole, whole},
		{foyer, foyer},
		{tea, tea},
		{a, whole},
		{b, whole},
		{foyer, whole},
		{a, foyer},
		{b, foyer},
	} {
		p.clash[pair], p.clash[[2]uuid.UUID{pair[1], pair[0]}] = true, true
	}
	return p
}

func (p plan) inTheWay(a, b Wish, buffer time.Duration) bool {
	return p.clash[[2]uuid.UUID{a.RoomID, b.RoomID}] && a.StartsAt.Add(-buffer).Before(b.EndsAt.Add(buffer)) &&
		b.StartsAt.Add(-buffer).Before(a.EndsAt.Add(buffer))
}

// applicant is one application in the pure model.
type applicant struct {
	number    string
	town      int
	wishes    []Wish
	withdrawn bool
}

// The pure draw against a naive one that knows rooms and no spaces: what is given is legal, nothing
// that could be given is left, and the same seed and list give the same.
func TestDrawsOfRoomsAreLegalAndWhole(t *testing.T) {
	t.Parallel()
	p := newPlan()
	rapid.Check(t, func(r *rapid.T) {
		buffer := time.Duration(rapid.SampledFrom([]int{0, 15, 30}).Draw(r, "buffer")) * time.Minute
		most := rapid.IntRange(1, 3).Draw(r, "cap of a town")
		var all []applicant
		for town := range rapid.IntRange(1, 5).Draw(r, "towns") {
			for range rapid.IntRange(0, most).Draw(r, "applications") {
				a := applicant{
					number:    fmt.Sprintf("%016d", len(all)),
					town:      town,
					withdrawn: rapid.IntRange(0, 6).Draw(r, "withdrawn") == 0,
				}
				for range rapid.IntRange(1, 4).Draw(r, "wishes") {
					from := rapid.IntRange(18, 40).Draw(r, "half hour")
					w := Wish{
						RoomID:   rapid.SampledFrom(p.rooms).Draw(r, "room"),
						StartsAt: at(0, 30*from),
						EndsAt:   at(0, 30*(from+rapid.IntRange(1, 6).Draw(r, "length"))),
					}
					if !slices.Contains(a.wishes, w) {
						a.wishes = append(a.wishes, w)
					}
				}
				all = append(all, a)
			}
		}
		list, withdrawn, taken := lottery.List{Draw: uuid.UUID{15: 9}.String()}, map[string]bool{}, map[string]bool{}
		byNumber := map[string]applicant{}
		for _, a := range all {
			e := lottery.Entry{Number: a.number, Size: 1}
			for _, w := range a.wishes {
				e.Choices = append(e.Choices, w.Pool())
				if _, known := taken[w.Pool()]; known {
					continue
				}
				taken[w.Pool()] = rapid.IntRange(0, 9).Draw(r, "taken before") == 0
				seats := 1
				if taken[w.Pool()] {
					seats = 0
				}
				list.Pools = append(list.Pools, lottery.Pool{Name: w.Pool(), Seats: seats})
				list.Takes = append(
					list.Takes,
					lottery.Take{
						Pool:   w.Pool(),
						From:   int(w.StartsAt.Add(-buffer).Unix() / 60),
						To:     int(w.EndsAt.Add(buffer).Unix() / 60),
						Spaces: p.pieces[w.RoomID],
					},
				)
			}
			list.Entries = append(list.Entries, e)
			withdrawn[a.number], byNumber[a.number] = a.withdrawn, a
		}
		if err := list.Check(); err != nil {
			r.Fatal(err)
		}
		seed := lottery.Seed(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(r, "seed"))
		drawn := lottery.Draw(list, seed, withdrawn)
		if again := lottery.Draw(
			list,
			seed,
			withdrawn,
		); !slices.EqualFunc(
			drawn,
			again,
			func(a, b lottery.Drawn) bool { return a.Number == b.Number && a.Pool == b.Pool },
		) {
			r.Fatal("the same seed and list give something else")
		}
		var given []Wish
		free := func(w Wish) bool {
			return !taken[w.Pool()] &&
				!slices.ContainsFunc(given, func(g Wish) bool { return p.inTheWay(w, g, buffer) })
		}
		times, ofTown := map[string]int{}, map[int]int{}
		for _, d := range drawn {
			a := byNumber[d.Number]
			times[d.Number]++
			got := -1
			for n, w := range a.wishes {
				if !a.withdrawn && got < 0 && free(w) {
					got = n
				}
			}
			switch {
			case got < 0 && d.Pool != "":
				r.Fatalf("%s was given %s, which it could not have", d.Number, d.Pool)
			case got >= 0 && d.Pool != a.wishes[got].Pool():
				r.Fatalf("%s was given %q, its dearest that could be had is %s", d.Number, d.Pool, a.wishes[got].Pool())
			case got >= 0:
				given = append(given, a.wishes[got])
				ofTown[a.town]++
			}
		}
		for i, g := range given {
			for _, other := range given[:i] {
				if p.inTheWay(g, other, 0) {
					r.Fatalf("%s and %s were both given", g.Pool(), other.Pool())
				}
			}
		}
		for _, a := range all {
			if times[a.number] != 1 {
				r.Fatalf("%s stands %d times in the order", a.number, times[a.number])
			}
		}
		for town, n := range ofTown {
			if n > most {
				r.Fatalf("town %d was given %d times, its cap is %d", town, n, most)
			}
		}
		var leavers []string
		outcome := map[string]string{}
		for _, d := range drawn {
			outcome[d.Number] = d.Pool
			if d.Withdrawn {
				leavers = append(leavers, d.Number)
			}
		}
		if again := redrawn([]byte(list.Text()), seed.Reveal(), leavers); !maps.Equal(again, outcome) {
			r.Fatalf("drawn again from the text: %v, drawn %v", again, outcome)
		}
	})
}

// A pool's name says which room at which time, and nothing else is one.
func TestPoolsAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		from := clock.NewDate(2000, 1, 1).At(0, rapid.IntRange(0, 99*365*24*60).Draw(r, "from"))
		w := Wish{
			RoomID:   uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(r, "room")),
			StartsAt: from,
			EndsAt:   from.Add(time.Duration(rapid.IntRange(1, 24*60).Draw(r, "minutes")) * time.Minute),
		}
		read, ok := ParsePool(w.Pool())
		if !ok || read.RoomID != w.RoomID || !read.StartsAt.Equal(w.StartsAt) || !read.EndsAt.Equal(w.EndsAt) {
			r.Fatalf("%s is read as %+v", w.Pool(), read)
		}
		other := []byte(w.Pool())
		other[rapid.IntRange(0, len(other)-1).Draw(r, "where")] = rapid.SampledFrom([]byte("0:-Tz~ ")).Draw(r, "what")
		if read, ok := ParsePool(string(other)); ok && read.Pool() != string(other) {
			r.Fatalf("%s is read as %s", other, read.Pool())
		}
	})
}

// What the program booked is what a stranger draws from the published list and seed; a list or seed
// that was tampered with is noticed, and so is another outcome.
func TestAnyoneDrawsARoundAgain(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 15, Clearing: 15})
	rooms := []uuid.UUID{k.hall.A, k.hall.B, k.hall.Whole}
	in := k.autumn()
	in.ApplicationsMax = 10
	r := k.open(in)
	k.place(k.kita, ask(k.hall.B, 12, 13)) // floor that is taken before
	for n := range 24 {
		from := 9 + n*5%11
		k.apply(
			[]staff.Author{k.minato, k.chuo, k.kita}[n%3],
			r.ID,
			wanted(rooms[n%3], from, from+1),
			wanted(rooms[n/3%3], from, from+2),
			wanted(rooms[(n+1)%3], 9+n%10, 12+n%10),
		)
	}
	r = k.drawn(r)
	actual := map[string]string{}
	rows, err := k.admin.Query(
		t.Context(),
		`select a.number, a.outcome, coalesce(b.room_id::text || ':' || to_char(b.starts_at at time zone 'Asia/Tokyo',
			'YYYYMMDD"T"HH24MI') || '-'
		|| to_char(b.ends_at at time zone 'Asia/Tokyo', 'YYYYMMDD"T"HH24MI'), '') from booking_application a
		  left join booking b on b.id = a.booking_id`,
	)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	states := map[string]int{}
	for rows.Next() {
		var number, outcome, pool string
		if err := rows.Scan(&number, &outcome, &pool); err != nil {
			t.Fatal(err)
		}
		actual[number] = pool
		states[outcome]++
	}
	if rows.Err() != nil || states["drawn"] < 3 || states["not_drawn"] < 3 ||
		states["drawn"]+states["not_drawn"] != 24 {
		t.Fatalf("the round is no test: %v, %v", states, rows.Err())
	}
	list := []byte(r.List)
	if !promised(&r, list, r.Seed) {
		t.Error("list and seed are not those that were promised")
	}
	if again := redrawn(list, r.Seed, r.Withdrawn); !maps.Equal(again, actual) {
		t.Errorf("drawn again %v, booked %v", again, actual)
	}
	if k.overlaps()+k.astray() != 0 {
		t.Errorf("%d overlaps, %d astray", k.overlaps(), k.astray())
	}
	// Whoever changes one character of list or seed is found out.
	for n := 0; n < len(list); n += 97 {
		tampered := slices.Clone(list)
		tampered[n] ^= 1
		if promised(&r, tampered, r.Seed) {
			t.Errorf("a list with another character %d is taken for the promised one", n)
		}
	}
	for n := range len(r.Seed) {
		other := r.Seed[:n] + string(
			"0123456789abcdef"[(strings.IndexByte("0123456789abcdef", r.Seed[n])+1)%16],
		) + r.Seed[n+1:]
		if promised(&r, list, other) {
			t.Errorf("a seed with another digit %d is taken for the promised one", n)
		}
		if n == 0 && maps.Equal(redrawn(list, other, r.Withdrawn), actual) {
			t.Error("another seed gives the same: the order does not follow from it")
		}
	}
	// A program that gave the room of one number to another would be found out.
	for number, pool := range actual {
		if pool != "" {
			actual[number] = ""
			break
		}
	}
	if maps.Equal(redrawn(list, r.Seed, r.Withdrawn), actual) {
		t.Error("another outcome is taken for the drawn one")
	}
}

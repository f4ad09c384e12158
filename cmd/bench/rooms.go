//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

const (
	benchRooms    = 2000
	benchBookings = 1_000_000
	slotsADay     = 24 // of an hour; the rooms of the measurement never close
	roundRequests = benchRooms * slotsADay
)

// roomGround is what the measurements of rooms stand on: as many rooms and bookings on our side as
// on the bare one.
type roomGround struct {
	token string
	ids   []uuid.UUID
	day   clock.Date // the next that nobody has booked
}

const always = `[{"from": "00:00", "to": "24:00"}]`

// roomRows are 500 bookings a room on our side and on the bare one, at the same times: two hours
// every second day, over three years until half a year from now.
func roomRows() []string {
	week := `{"mon": ` + always + `, "tue": ` + always + `, "wed": ` + always + `, "thu": ` + always + `, "fri": ` +
		always + `, "sat": ` + always + `, "sun": ` + always + `}`
	return []string{
		`create function pg_temp.id(kind text, n bigint) returns uuid language sql immutable as $$
			select md5(kind || n)::uuid $$`,
		`create function pg_temp.at(n bigint) returns timestamptz language sql stable as $$
			select date_trunc('day', now()) - interval '820 days' + interval '2 days' * (n / 2000) +
			  interval '1 hour' * (n * 7 % 11) $$`,
		`insert into facility (organization_id, id, status, name, area_code, address, hours)
			select o.id, pg_temp.id('f', n), 'open', n || '番会館', '131172', '本町1-2-3', '{"seasons": [{"week": ` +
			week + `}]}' from generate_series(0, 99) n, organization o where o.slug = 'many'`,
		`insert into space (organization_id, facility_id, id, name)
			select o.id, pg_temp.id('f', n % 100), pg_temp.id('s', n), '部屋' || n
			  from generate_series(0, 1999) n, organization o where o.slug = 'many'`,
		`insert into room (organization_id, facility_id, id, status, open_to, name, capacity, uses, terms)
			select o.id, pg_temp.id('f', n % 100), pg_temp.id('r', n), 'open', 'everyone', '部屋' || n, 10 + n % 200,
			  '{"mode": "grid", "grid_minutes": 60}', '[{"who": "own", "opens_months": 24}]'
			from generate_series(0, 1999) n, organization o where o.slug = 'many'`,
		`insert into room_space (organization_id, facility_id, room_id, space_id)
			select o.id, pg_temp.id('f', n % 100), pg_temp.id('r', n), pg_temp.id('s', n)
			  from generate_series(0, 1999) n, organization o where o.slug = 'many'`,
		`alter table occupancy drop constraint occupancy_no_overlap`,
		`insert into booking (organization_id, borrower_id, facility_id, room_id, id, status, starts_at, ends_at,
			title, approval_steps, permit_number)
			select o.id, o.id, pg_temp.id('f', n % 2000 % 100), pg_temp.id('r', n % 2000), pg_temp.id('b', n),
			  'confirmed', pg_temp.at(n), pg_temp.at(n) + interval '2 hours', '会議', 0, 'x'
			from generate_series(0, 999999) n, organization o where o.slug = 'many'`,
		`insert into occupancy (booking_id, space_id, span, taker)
			select pg_temp.id('b', n), pg_temp.id('s', n % 2000), tstzrange(pg_temp.at(n),
			  pg_temp.at(n) + interval '2 hours'), pg_temp.id('b', n) from generate_series(0, 999999) n`,
		`alter table occupancy add constraint occupancy_no_overlap exclude
			using gist (span with &&, space_id with =, taker with <>)`,
		// The bare limits: the insert with the constraint in the better order, and the order that
		// one would write first.
		`create sequence bare_slot`,
		`create table bare_room (n integer primary key)`,
		`insert into bare_room select generate_series(0, 1999)`,
		`create table bare_booking (id uuid primary key default gen_random_uuid(), room_id integer not null,
			during tstzrange not null)`,
		`insert into bare_booking (room_id, during)
			select n % 2000, tstzrange(pg_temp.at(n), pg_temp.at(n) + interval '2 hours')
			  from generate_series(0, 999999) n`,
		`alter table bare_booking add constraint bare_no_overlap exclude using gist (during with &&, room_id with =)`,
		`create table plain_booking as select id, room_id, during from bare_booking`,
		`alter table plain_booking add constraint plain_no_overlap exclude using gist (room_id with =, during with &&)`,
	}
}

var (
	bareBook = `insert into bare_booking (room_id, during)
		select (s %% 2000)::int, tstzrange(t, t + interval '1 hour')
		  from (select s, date_trunc('day', now()) + interval '300 days' ` +
		`+ interval '1 hour' * (s / 2000) as t from nextval('bare_slot') s) x on conflict do nothing`
	bareStorm = `insert into bare_booking (room_id, during)
		values (:n, tstzrange(date_trunc('day', now()) + interval '290 days', date_trunc('day',
		  now()) + interval '290 days 1 hour')) on conflict do nothing`
)

// ready fills the tables, once, and makes a token of the rooms' organization.
func (l *lab) ready(ctx context.Context) (*roomGround, error) {
	if l.rooms != nil {
		return l.rooms, nil
	}
	if err := l.bulk(ctx, roomRows()...); err != nil {
		return nil, err
	}
	if err := l.exec(
		ctx,
		"vacuum (analyze) booking, occupancy, room, room_space, facility, bare_booking, plain_booking",
	); err != nil {
		return nil, err
	}
	g := &roomGround{day: clock.Today(clock.System()).AddDays(300)}
	rows, err := l.admin.Query(ctx, "select id from room order by id")
	if err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read rooms: %w", err)
		}
		g.ids = append(g.ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	if g.token, err = l.member(ctx); err != nil {
		return nil, err
	}
	l.rooms = g
	return g, nil
}

// member enlists somebody of the rooms' organization and gives a token of theirs.
func (l *lab) member(ctx context.Context) (string, error) {
	var lines []string
	for name, value := range l.environ {
		lines = append(lines, name+"="+value)
	}
	settings, err := config.Load(lines)
	if err != nil {
		return "", err
	}
	owner, err := postgres.Open(ctx, postgres.Options{URL: l.ownerURL, Operator: 1})
	if err != nil {
		return "", err
	}
	defer owner.Close()
	directory := organization.NewOperatorDirectory(owner)
	o, err := directory.BySlug(ctx, "many")
	if err != nil {
		return "", err
	}
	service := staff.NewService(owner, directory, settings.Keys, rand.Reader)
	m, err := service.AddOperator(ctx, o.ID, "bench@many.example", "", staff.Admin, rand.Text())
	if err != nil {
		return "", err
	}
	issued, err := service.IssueTokenOperator(ctx, o.ID, m.ID, "bench", clock.System().Now().Add(24*time.Hour))
	if err != nil {
		return "", err
	}
	return issued.Secret.Reveal(), nil
}

// booking is the request for an hour of a room.
func (g *roomGround) booking(room uuid.UUID, day clock.Date, hour int) []byte {
	body := fmt.Sprintf(
		`{"room_id":%q,"starts_at":%q,"ends_at":%q,"title":"会議"}`,
		room,
		day.At(hour, 0).Format(time.RFC3339),
		day.At(hour+1, 0).Format(time.RFC3339),
	)
	return raw(
		"POST",
		"/api/v1/organizations/many/bookings",
		body,
		"Content-Type: application/json",
		fmt.Sprintf("Content-Length: %d", len(body)),
		"Authorization: Bearer "+g.token,
	)
}

// fresh are requests for every hour of every room on a day that nobody has booked.
func (g *roomGround) fresh() [][]byte {
	all := make([][]byte, 0, roundRequests)
	for hour := range slotsADay {
		for _, id := range g.ids {
			all = append(all, g.booking(id, g.day, hour))
		}
	}
	g.day = g.day.AddDays(1)
	return all
}

func takeRooms(ctx context.Context, l *lab) ([]line, error) {
	g, err := l.ready(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.warm(ctx, l.ours, g.fresh(), clients); err != nil {
		return nil, err
	}
	booked, err := l.takeBookings(ctx, g)
	if err != nil {
		return nil, err
	}
	storm, err := l.takeStorm(ctx, g)
	if err != nil {
		return nil, err
	}
	free, err := l.takeFree(ctx)
	if err != nil {
		return nil, err
	}
	var overlaps, deadlocks int
	err = l.admin.QueryRow(
		ctx,
		`select (select count(*) from occupancy x join occupancy y on x.space_id = y.space_id
			and x.booking_id < y.booking_id and x.span && y.span
		where lower(x.span) > now() + interval '280 days'), (select deadlocks from pg_stat_database
		  where datname = current_database())`,
	).Scan(
		&overlaps,
		&deadlocks,
	)
	if err != nil {
		return nil, fmt.Errorf("count overlaps: %w", err)
	}
	if overlaps > 0 || deadlocks > 0 {
		return nil, fmt.Errorf("%d overlaps and %d deadlocks", overlaps, deadlocks)
	}
	booked.note += "; 0 overlaps, 0 deadlocks"
	return []line{booked, storm, free}, nil
}

func (l *lab) takeBookings(ctx context.Context, g *roomGround) (line, error) {
	var longest []time.Duration
	found, err := l.compare(ctx, "bookings, to the bare exclusion insert", "/s", 0.45,
		l.inSQL(statement{sql: strings.ReplaceAll(bareBook, "%%", "%"), spread: 1, clients: clients}, 1),
		func(ctx context.Context, _ int) (float64, tally, error) {
			t, err := l.load(
				ctx,
				load{Requests: g.fresh(), Clients: clients, Count: min(roundRequests, int(8000*l.seconds))},
			)
			longest = append(longest, t.Max)
			return t.rate(http.StatusCreated), t, errors.Join(err, t.only(http.StatusCreated))
		})
	if err != nil {
		return line{}, err
	}
	found.note = fmt.Sprintf("the longest took %s; %s", span(slices.Max(longest)), found.note)
	found.atMost = 50 * time.Millisecond
	return found, nil
}

func (l *lab) takeStorm(ctx context.Context, g *roomGround) (line, error) {
	one := [][]byte{g.booking(g.ids[0], g.day.AddDays(40), 9)}
	if err := l.warm(ctx, l.ours, one, clients); err != nil {
		return line{}, err
	}
	var longest []time.Duration
	ours := l.oursHTTP(one, clients, http.StatusConflict)
	found, err := l.compare(
		ctx,
		"storm on one slot, to the bare storm",
		"/s",
		0.50,
		l.inSQL(statement{sql: bareStorm, spread: 1, clients: clients}, 1),
		func(ctx context.Context, round int) (float64, tally, error) {
			rate, t, err := ours(ctx, round)
			longest = append(longest, t.Max)
			return rate, t, err
		},
	)
	if err != nil {
		return line{}, err
	}
	found.note = fmt.Sprintf("the longest took %s", span(slices.Max(longest)))
	return found, nil
}

// takeFree asks which of all rooms are free for three hours of a day, as the role that the public
// search works as, and as one would ask the plain constraint.
func (l *lab) takeFree(ctx context.Context) (line, error) {
	pool, err := l.asPublic(ctx)
	if err != nil {
		return line{}, err
	}
	defer pool.Close()
	days := 0
	ask := func(statement string, want *int) side {
		return func(ctx context.Context, _ int) (float64, tally, error) {
			const times = 200
			d, err := took(func() error {
				for range times {
					days++
					day := clock.Today(clock.System()).AddDays(1 + days%100)
					if err := pool.QueryRow(ctx, statement, day.At(13, 0), day.At(16, 0)).Scan(want); err != nil {
						return fmt.Errorf("ask for free rooms: %w", err)
					}
				}
				return nil
			})
			return times / milliseconds(d), tally{}, err
		}
	}
	var plain, ours int
	found, err := l.compare(
		ctx,
		"which of 2,000 rooms are free, to (room, during)",
		"ms",
		15,
		ask(
			"select count(*) from bare_room r where not exists (select from plain_booking b where b.room_id = r.n "+
				"and b.during && tstzrange($1, $2))",
			&plain,
		),
		ask(
			"select count(*) from room r where r.status = 'open' and r.listed and r.id not in (select t from "+
				"rooms_taken($1, $2) t)",
			&ours,
		),
	)
	if err != nil {
		return line{}, err
	}
	if plain == 0 || ours == 0 {
		return line{}, fmt.Errorf("no free rooms: %d and %d", plain, ours)
	}
	found.times, found.bare, found.ours = true, 1/found.bare, 1/found.ours
	return found, nil
}

func (l *lab) asPublic(ctx context.Context) (*pgxpool.Pool, error) {
	if err := l.exec(ctx, "grant select on bare_room, plain_booking to tnm_public"); err != nil {
		return nil, err
	}
	settings, err := pgxpool.ParseConfig(l.loginURL)
	if err != nil {
		return nil, errors.New("parse database URL")
	}
	settings.MaxConns = 1
	for name, value := range map[string]string{
		"role":             string(postgres.RolePublic),
		"random_page_cost": "1.1",
		"jit":              "off",
	} {
		settings.ConnConfig.RuntimeParams[name] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return pool, nil
}

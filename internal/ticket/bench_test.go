package ticket

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// The figures mean something on a durable server only: point TONARIMACHI_TEST_DATABASE_URL at one.
// The private test server has fsync off.

const clients = 64

// taker takes one seat somehow.
type taker func(ctx context.Context, r Request) error

func BenchmarkTake(b *testing.B) {
	k := setup(b)
	k.durability(b)
	k.exec(b, "alter table quota_counter drop constraint quota_counter_capacity_range")
	service := func(ctx context.Context, r Request) error { _, _, err := k.service.Take(ctx, r); return err }
	statement, gormTake := k.bareStatement(b), k.gormForUpdate(b)
	for _, spread := range []struct {
		name   string
		quotas int
	}{{"hot", 1}, {"spread", 1000}} {
		quotas := make([]testkit.QuotaOptions, spread.quotas)
		for i := range quotas {
			quotas[i].Capacity = 1 << 30
		}
		e := k.event(b, testkit.EventOptions{Parts: []testkit.PartOptions{{Quotas: quotas}}})
		for _, how := range []struct {
			name string
			take taker
		}{{"service", service}, {"statement", statement}, {"gorm", gormTake}} {
			b.Run(spread.name+"/"+how.name, func(b *testing.B) { measure(b, e, how.take, nil) })
		}
	}
}

func BenchmarkSoldOut(b *testing.B) {
	k := setup(b)
	k.durability(b)
	e := k.seats(b, 0)
	service := func(ctx context.Context, r Request) error { _, _, err := k.service.Take(ctx, r); return err }
	made := func(ctx context.Context, r Request) error {
		r.Secret = newSecret(b)
		return service(ctx, r)
	}
	for name, take := range map[string]taker{"memory": service, "database": made, "gorm": k.gormForUpdate(b)} {
		b.Run(name, func(b *testing.B) { measure(b, e, take, ErrFull) })
	}
}

func BenchmarkLook(b *testing.B) {
	k := setup(b)
	e := k.seats(b, 1000)
	code, _ := k.take(b, ask(e, 1))
	measure(b, e, func(ctx context.Context, _ Request) error { _, err := k.service.Look(ctx, code); return err }, nil)
}

// measure lets the clients take seats and reports the rate and the slowest hundredth.
func measure(b *testing.B, e testkit.Event, take taker, want error) {
	quotas := e.Parts[0].Quotas
	var mu sync.Mutex
	var times []time.Duration
	var failed atomic.Pointer[error]
	b.SetParallelism(max(1, clients/runtime.GOMAXPROCS(0)))
	var started atomic.Int64
	b.ResetTimer()
	all := clock.Start()
	b.RunParallel(func(p *testing.PB) {
		started.Add(1)
		var mine []time.Duration
		for p.Next() {
			begin := clock.Start()
			err := take(b.Context(), Request{EventID: e.ID, QuotaID: quotas[rand.IntN(len(quotas))], Seats: 1})
			mine = append(mine, begin.Elapsed())
			if !errors.Is(err, want) {
				failed.Store(&err)
				return
			}
		}
		mu.Lock()
		defer mu.Unlock()
		times = append(times, mine...)
	})
	took := all.Elapsed()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	slices.Sort(times)
	b.ReportMetric(float64(len(times))/took.Seconds(), "takes/s")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(started.Load()), "clients")
}

func (k *kit) durability(b *testing.B) {
	var fsync, commit string
	if err := k.admin.QueryRow(
		b.Context(),
		"select current_setting('fsync'), current_setting('synchronous_commit')",
	).Scan(
		&fsync,
		&commit,
	); err != nil {
		b.Fatal(err)
	}
	b.Logf("fsync %s, synchronous_commit %s", fsync, commit)
}

// bareStatement is one insert a request as superuser, with nothing asked but whether a seat is
// left: what a statement each can reach on this schema.
func (k *kit) bareStatement(b *testing.B) taker {
	pool := k.many(b)
	return func(ctx context.Context, r Request) error {
		tag, err := pool.Exec(ctx, `
			insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status,
			  seats)
			select k.organization_id, k.event_id, k.occurrence_id, k.part_id, k.id, $2, $3, 'confirmed', 1
			from quota k join quota_counter c on c.quota_id = k.id where k.id = $1 and c.taken < c.capacity`,
			r.QuotaID,
			uuid.New(),
			randomBytes(),
		)
		if err == nil && tag.RowsAffected() == 0 {
			return ErrFull
		}
		return err
	}
}

func (k *kit) many(b *testing.B) *pgxpool.Pool {
	config, err := pgxpool.ParseConfig(k.bundle.AdminURL)
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = 16
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	return pool
}

type counterRow struct {
	OrganizationID, EventID, OccurrenceID, QuotaID uuid.UUID
	Capacity, Taken                                int
}

func (counterRow) TableName() string { return "quota_counter" }

type quotaRow struct{ ID, PartID uuid.UUID }

func (quotaRow) TableName() string { return "quota" }

type ticketRow struct {
	OrganizationID, EventID, OccurrenceID, PartID, QuotaID, ID uuid.UUID
	SecretMac                                                  []byte
	Status                                                     string
	Seats                                                      int
}

func (ticketRow) TableName() string { return "ticket" }

// gormForUpdate is the usual way: lock the counter, look, insert, commit.
func (k *kit) gormForUpdate(b *testing.B) taker {
	sqlDB := stdlib.OpenDBFromPool(k.many(b))
	b.Cleanup(func() { _ = sqlDB.Close() })
	db, err := gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: sqlDB}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		b.Fatal(err)
	}
	return func(ctx context.Context, r Request) error {
		return db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			var c counterRow
			if err := tx.Clauses(
				clause.Locking{Strength: "UPDATE"},
			).Where(
				"quota_id = ?",
				r.QuotaID,
			).Take(
				&c,
			).Error; err != nil {
				return err
			}
			if c.Taken+r.Seats > c.Capacity {
				return ErrFull
			}
			var q quotaRow
			if err := tx.Where("id = ?", r.QuotaID).Take(&q).Error; err != nil {
				return err
			}
			return tx.Create(&ticketRow{
				OrganizationID: c.OrganizationID,
				EventID:        c.EventID,
				OccurrenceID:   c.OccurrenceID,
				PartID:         q.PartID,
				QuotaID:        c.QuotaID,
				ID:             uuid.New(),
				SecretMac:      randomBytes(),
				Status:         string(Confirmed),
				Seats:          r.Seats,
			}).Error
		})
	}
}

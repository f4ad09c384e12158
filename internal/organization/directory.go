package organization

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// How old a view may be. The first request after directoryAge has it read anew, in the background,
// and is itself answered with the old one.
const (
	directoryAge = 5 * time.Second
	// Nobody asked for this long: the next who asks waits for a new view, for at most
	// directoryPatience, rather than hear what was true long ago.
	directoryQuiet    = 10 * time.Second
	directoryPatience = time.Second
	// No older view is given, also while the database can't be reached. Feeds that are kept need
	// one for ten minutes.
	directoryMost = 15 * time.Minute
	directoryLoad = 3 * time.Second // a reading ends by then
	// After a reading that failed the next one begins this much later, unless somebody has no view
	// at all.
	directoryPause = time.Second
)

// Directory knows every organization, closed ones too, and every partnership by heart, for the hot
// paths that turn a slug into an id.
//
// What this process wrote is seen by every View after Forget. What another process wrote is seen
// after at most 5 s and one reading while there are requests at least every 5 s; when nobody asked
// for a while, one request may still be answered with a view of up to 10 s of age. What must not be
// done for an organization that was closed meanwhile is refused by the database at once
// (ErrOrganizationClosed).
//
// It reads in a goroutine and a transaction of its own, one reading at a time, so that no one who
// asks holds a connection while waiting for another. For the same reason a View is taken before a
// transaction is opened and passed on; the guard of package postgres holds callers to it. Safe for
// concurrent use.
type Directory struct {
	db      *postgres.DB
	role    postgres.Role
	read    func(ctx context.Context, fn func(tx *postgres.Tx) error) error
	clock   clock.Clock
	view    atomic.Pointer[View]
	changes atomic.Uint64 // writes of this process; a view read before the newest of them is not given any more

	mu       sync.Mutex
	current  *reading  // nil while nothing is read
	failedAt time.Time // when the last reading failed; zero when it did not
}

// reading is one under way.
type reading struct {
	changes uint64
	done    chan struct{} // closed at its end; then:
	view    *View
	err     error
}

// View is one consistent picture of all organizations and partnerships; it never changes.
type View struct {
	organizations []Organization
	partnerships  []Partnership
	byID          map[uuid.UUID]*Organization
	bySlug        map[string]*Organization
	byCode        map[string]*Organization
	agreed        map[string]*Partnership
	readAt        time.Time
	changes       uint64
}

// NewDirectory makes a directory that reads with db's public role when first asked.
func NewDirectory(db *postgres.DB) *Directory {
	return newDirectory(db, postgres.RolePublic, db.InPublic)
}

// NewWorkerDirectory is NewDirectory for the worker's tasks.
func NewWorkerDirectory(db *postgres.DB) *Directory {
	return newDirectory(db, postgres.RoleWorker, db.InWorker)
}

// NewOperatorDirectory is NewDirectory for commands that have the owner's account only.
func NewOperatorDirectory(db *postgres.DB) *Directory {
	return newDirectory(db, postgres.RoleOperator, db.InOperator)
}

func newDirectory(
	db *postgres.DB, role postgres.Role, read func(ctx context.Context, fn func(tx *postgres.Tx) error) error,
) *Directory {
	return &Directory{db: db, role: role, read: read, clock: db.Clock()}
}

type viewKey struct{}

// Hold gives a context under which every View is the present one, for what is read in a transaction
// that is to be opened.
func Hold(ctx context.Context, d interface {
	View(ctx context.Context) (*View, error)
}) (context.Context, error) {
	v, err := d.View(ctx)
	if err != nil {
		return ctx, fmt.Errorf("read directory: %w", err)
	}
	return context.WithValue(ctx, viewKey{}, v), nil
}

// View gives the present picture, or the one that ctx holds (Hold). Without one it is to be asked
// for before a transaction is opened. It fails only when the database does.
func (d *Directory) View(ctx context.Context) (*View, error) {
	if v, ok := ctx.Value(viewKey{}).(*View); ok {
		return v, nil
	}
	if err := d.unheld(ctx); err != nil {
		return nil, err
	}
	v, changes := d.view.Load(), d.changes.Load()
	if v == nil || v.changes != changes {
		return d.await(ctx, changes)
	}
	age := d.clock.Now().Sub(v.readAt)
	switch {
	case age >= 0 && age < directoryAge:
		return v, nil
	case age < 0 || age >= directoryMost: // before 0 the clock was set back, and nobody knows how old it is
		return d.await(ctx, changes)
	case age < directoryQuiet, d.failing():
		d.begin(false)
		return v, nil
	}
	patient, cancel := context.WithTimeout(ctx, directoryPatience)
	defer cancel()
	if fresh, err := d.await(patient, changes); err == nil {
		return fresh, nil
	}
	return v, nil
}

// unheld tells the guard that a connection may be waited for. Inside somebody's transaction
// (postgres.Joined) that may be while one of staff's is held: the order of the pools allows it, and
// the transaction had to be opened before anybody knew what would be done in it.
func (d *Directory) unheld(ctx context.Context) error {
	if d.role == postgres.RolePublic && !postgres.IsJoined(ctx) {
		return d.db.Unheld(ctx, postgres.RoleStaff)
	}
	return d.db.Unheld(ctx, d.role)
}

// Refresh reads everything anew.
func (d *Directory) Refresh(ctx context.Context) error {
	if err := d.unheld(ctx); err != nil {
		return err
	}
	_, err := d.await(ctx, d.changes.Add(1))
	return err
}

// Forget makes the next View read anew; to be called after a committed write.
func (d *Directory) Forget() { d.changes.Add(1) }

// await gives a view read after that many changes.
func (d *Directory) await(ctx context.Context, changes uint64) (*View, error) {
	for {
		r := d.begin(true)
		select {
		case <-r.done:
		case <-ctx.Done():
			return nil, postgres.Unavailable(ctx.Err())
		}
		if r.err != nil || r.changes >= changes {
			return r.view, r.err
		}
	}
}

// failing tells whether the last reading failed, so that waiting for the next may well be in vain.
func (d *Directory) failing() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.failedAt.IsZero()
}

// begin gives the reading under way, or starts one. Unless it must, it gives nil soon after one
// that failed.
func (d *Directory) begin(must bool) *reading {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock.Now()
	if d.current == nil && (must || now.Before(d.failedAt) || now.Sub(d.failedAt) >= directoryPause) {
		// Both are taken before reading, so that a write meanwhile leaves the view to be read again
		// instead of unseen.
		d.current = &reading{changes: d.changes.Load(), done: make(chan struct{})}
		go d.finish(d.current, now)
	}
	return d.current
}

// finish reads, whoever of those who wait for it leaves.
func (d *Directory) finish(r *reading, readAt time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), directoryLoad)
	defer cancel()
	err := d.read(ctx, func(tx *postgres.Tx) error {
		organizations, partnerships, err := readAll(tx)
		r.view = newView(organizations, partnerships)
		return err
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current, d.failedAt = nil, time.Time{}
	if err != nil {
		r.view, r.err, d.failedAt = nil, err, d.clock.Now()
	} else {
		r.view.changes, r.view.readAt = r.changes, readAt
		d.view.Store(r.view)
	}
	close(r.done)
}

func newView(organizations []Organization, partnerships []Partnership) *View {
	v := &View{
		organizations: organizations,
		partnerships:  partnerships,
		byID: make(
			map[uuid.UUID]*Organization,
			len(organizations),
		),
		bySlug: make(map[string]*Organization, len(organizations)),
		byCode: map[string]*Organization{},
		agreed: map[string]*Partnership{},
	}
	for i := range organizations {
		o := &organizations[i]
		v.byID[o.ID], v.bySlug[o.Slug] = o, o
		if o.Code != "" {
			v.byCode[o.Code] = o
		}
	}
	for i := range partnerships {
		v.agreed[partnerships[i].Slug] = &partnerships[i]
	}
	return v
}

// Organizations lists those that take part: municipalities first, each kind in the operator's
// order.
func (v *View) Organizations() []Organization {
	return slices.DeleteFunc(slices.Clone(v.organizations), Organization.Closed)
}

// BySlug finds an organization, be it closed; ErrNotFound otherwise.
func (v *View) BySlug(slug string) (Organization, error) { return found(v.bySlug[slug]) }

// ByID finds an organization, be it closed; ErrNotFound otherwise.
func (v *View) ByID(id uuid.UUID) (Organization, error) { return found(v.byID[id]) }

// ByCode finds a municipality, be it closed, by its six digits; ErrNotFound otherwise.
func (v *View) ByCode(code string) (Organization, error) { return found(v.byCode[code]) }

func found(o *Organization) (Organization, error) {
	if o == nil {
		return Organization{}, ErrNotFound
	}
	return *o, nil
}

// Partnerships lists all in the operator's order.
func (v *View) Partnerships() []Partnership { return slices.Clone(v.partnerships) }

// Partnership finds one by its slug; ErrPartnershipNotFound otherwise.
func (v *View) Partnership(slug string) (Partnership, error) {
	if p, ok := v.agreed[slug]; ok {
		return *p, nil
	}
	return Partnership{}, ErrPartnershipNotFound
}

// PartnershipsOf lists those that the organization belongs to.
func (v *View) PartnershipsOf(organization uuid.UUID) []Partnership {
	var all []Partnership
	for _, p := range v.partnerships {
		if p.Has(organization) {
			all = append(all, p)
		}
	}
	return all
}

// RefTx names an organization that a row of tx tells of. One that was set up after the view was
// read is looked for in the database.
func (v *View) RefTx(tx *postgres.Tx, id uuid.UUID) (Ref, error) {
	if o := v.byID[id]; o != nil {
		return o.Ref(), nil
	}
	o, err := byID(tx, id)
	return o.Ref(), err
}

// TakesPart finds an organization that takes part, as BySlug; ErrNotFound or ErrClosed otherwise.
func (d *Directory) TakesPart(ctx context.Context, slug string) (Organization, error) {
	o, err := d.BySlug(ctx, slug)
	if err == nil && o.Closed() {
		return Organization{}, ErrClosed
	}
	return o, err
}

// BySlug finds an organization in the present View; ErrNotFound otherwise. One that it doesn't know
// is looked for in a new one, so that an organization that the operator has just set up is there
// for the first who asks.
func (d *Directory) BySlug(ctx context.Context, slug string) (Organization, error) {
	return d.find(ctx, func(v *View) (Organization, error) { return v.BySlug(slug) })
}

// ByID is BySlug by id.
func (d *Directory) ByID(ctx context.Context, id uuid.UUID) (Organization, error) {
	return d.find(ctx, func(v *View) (Organization, error) { return v.ByID(id) })
}

func (d *Directory) find(ctx context.Context, in func(v *View) (Organization, error)) (Organization, error) {
	v, err := d.View(ctx)
	if err != nil {
		return Organization{}, err
	}
	o, err := in(v)
	if age := d.clock.Now().Sub(v.readAt); err == nil || age >= 0 && age < directoryAge {
		return o, err
	}
	if v, err = d.await(ctx, v.changes); err != nil {
		return Organization{}, err
	}
	return in(v)
}

package organization

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// directoryAge is how long another process's change may stay unseen.
const directoryAge = 5 * time.Second

// Directory knows every organization, closed ones too, and every partnership by heart, for the hot paths that turn a slug into an id. What this process writes is seen at
// once, what others write after at most 5 s. Safe for concurrent use.
type Directory struct {
	read    func(ctx context.Context, fn func(tx *postgres.Tx) error) error
	clock   clock.Clock
	view    atomic.Pointer[View]
	changes atomic.Uint64 // writes of this process; a view read before the newest of them is stale
	loading chan struct{} // holds one token: one load at a time
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
	return &Directory{read: db.InPublic, clock: db.Clock(), loading: make(chan struct{}, 1)}
}

// NewWorkerDirectory is NewDirectory for the worker's tasks.
func NewWorkerDirectory(db *postgres.DB) *Directory {
	return &Directory{read: db.InWorker, clock: db.Clock(), loading: make(chan struct{}, 1)}
}

// NewOperatorDirectory is NewDirectory for commands that have the owner's account only.
func NewOperatorDirectory(db *postgres.DB) *Directory {
	return &Directory{read: db.InOperator, clock: db.Clock(), loading: make(chan struct{}, 1)}
}

// View gives the present picture. It fails only when the database does.
func (d *Directory) View(ctx context.Context) (*View, error) {
	if v := d.view.Load(); d.fresh(v) {
		return v, nil
	}
	return d.load(ctx, false)
}

// Refresh reads everything anew.
func (d *Directory) Refresh(ctx context.Context) error {
	_, err := d.load(ctx, true)
	return err
}

// Forget makes the next View read anew; to be called after a committed write.
func (d *Directory) Forget() { d.changes.Add(1) }

func (d *Directory) fresh(v *View) bool {
	if v == nil || v.changes != d.changes.Load() {
		return false
	}
	age := d.clock.Now().Sub(v.readAt)
	return age >= 0 && age < directoryAge
}

func (d *Directory) load(ctx context.Context, anyway bool) (*View, error) {
	select {
	case d.loading <- struct{}{}:
		defer func() { <-d.loading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if v := d.view.Load(); !anyway && d.fresh(v) {
		return v, nil // read by another while this one waited
	}
	// Both are taken before reading, so that a write meanwhile leaves the view stale instead of unseen.
	changes, readAt := d.changes.Load(), d.clock.Now()
	var v *View
	err := d.read(ctx, func(tx *postgres.Tx) error {
		organizations, partnerships, err := readAll(tx)
		v = newView(organizations, partnerships)
		return err
	})
	if err != nil {
		return nil, err
	}
	v.changes, v.readAt = changes, readAt
	d.view.Store(v)
	return v, nil
}

func newView(organizations []Organization, partnerships []Partnership) *View {
	v := &View{
		organizations: organizations, partnerships: partnerships,
		byID: make(map[uuid.UUID]*Organization, len(organizations)), bySlug: make(map[string]*Organization, len(organizations)),
		byCode: map[string]*Organization{}, agreed: map[string]*Partnership{},
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

// Organizations lists those that take part: municipalities first, each kind in the operator's order.
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

// TakesPart finds an organization that takes part in the present View; ErrNotFound or ErrClosed otherwise.
func (d *Directory) TakesPart(ctx context.Context, slug string) (Organization, error) {
	o, err := d.BySlug(ctx, slug)
	if err == nil && o.Closed() {
		return Organization{}, ErrClosed
	}
	return o, err
}

// BySlug finds an organization in the present View; ErrNotFound otherwise.
func (d *Directory) BySlug(ctx context.Context, slug string) (Organization, error) {
	v, err := d.View(ctx)
	if err != nil {
		return Organization{}, err
	}
	return v.BySlug(slug)
}

// ByID finds an organization in the present View; ErrNotFound otherwise.
func (d *Directory) ByID(ctx context.Context, id uuid.UUID) (Organization, error) {
	v, err := d.View(ctx)
	if err != nil {
		return Organization{}, err
	}
	return v.ByID(id)
}

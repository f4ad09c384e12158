package organization

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Service is what one can do with organizations and partnerships.
type Service struct {
	db        *postgres.DB
	directory *Directory
}

// NewService makes the service; directory is told of every write.
func NewService(db *postgres.DB, directory *Directory) *Service {
	return &Service{db: db, directory: directory}
}

// List gives the organizations that take part, municipalities first.
func (s *Service) List(ctx context.Context) ([]Organization, error) {
	v, err := s.directory.View(ctx)
	if err != nil {
		return nil, err
	}
	return v.Organizations(), nil
}

// BySlug gives one organization, be it closed; ErrNotFound otherwise.
func (s *Service) BySlug(ctx context.Context, slug string) (Organization, error) {
	return s.directory.BySlug(ctx, slug)
}

// ByCode gives one municipality by its six digits, be it closed; ErrNotFound otherwise.
func (s *Service) ByCode(ctx context.Context, code string) (Organization, error) {
	v, err := s.directory.View(ctx)
	if err != nil {
		return Organization{}, err
	}
	return v.ByCode(code)
}

// Partnerships gives all partnerships.
func (s *Service) Partnerships(ctx context.Context) ([]Partnership, error) {
	v, err := s.directory.View(ctx)
	if err != nil {
		return nil, err
	}
	return v.Partnerships(), nil
}

// PartnershipBySlug gives one partnership; ErrPartnershipNotFound otherwise.
func (s *Service) PartnershipBySlug(ctx context.Context, slug string) (Partnership, error) {
	v, err := s.directory.View(ctx)
	if err != nil {
		return Partnership{}, err
	}
	return v.Partnership(slug)
}

// Update changes what an organization says of itself, on behalf of its own staff. Its name, reading
// and English name are the operator's: the ones it has are no change, others ErrNameFixed.
// ErrInvalid names the fields that break a rule; ErrNotFound when there is no such organization.
// The permission is checked by the caller.
func (s *Service) Update(
	ctx context.Context,
	organization uuid.UUID,
	actor postgres.Actor,
	change Change,
) (Organization, error) {
	change, err := change.clean()
	if err != nil {
		return Organization{}, err
	}
	var updated Organization
	err = s.db.InOrganization(ctx, organization, actor, func(tx *postgres.Tx) error {
		if change != (Change{}) {
			before, err := byID(tx, organization)
			if err != nil {
				return err
			}
			own, err := before.withoutName(change)
			if err != nil {
				return err
			}
			r, columns := own.row()
			if len(columns) > 0 {
				err = update(tx, organization, r, columns...)
			}
			if err != nil {
				return err
			}
			slices.Sort(columns)
			entry := audit.Entry{
				Action: "organization.update", SubjectKind: "organization", SubjectID: organization,
				Detail: map[string]any{"fields": columns},
			}
			if err := audit.Record(ctx, tx, entry); err != nil {
				return err
			}
		}
		updated, err = byID(tx, organization)
		return err
	})
	if err != nil {
		return Organization{}, fmt.Errorf("update organization: %w", err)
	}
	s.directory.Forget()
	return updated, nil
}

// withoutName takes names that stay as they are out of a change, and refuses others.
func (o Organization) withoutName(c Change) (Change, error) {
	for _, name := range []struct {
		wanted *string
		stands string
	}{{c.Name, o.Name}, {c.Kana, o.Kana}, {c.English, o.English}} {
		if name.wanted != nil && *name.wanted != name.stands {
			return Change{}, ErrNameFixed
		}
	}
	c.Name, c.Kana, c.English = nil, nil, nil
	return c, nil
}

// Rename gives an organization another name as the operator; reading and English name are taken
// away with the old one unless new ones are given. ErrNotFound, ErrInvalid, ErrNameAlike,
// ErrNameReserved.
func (s *Service) Rename(ctx context.Context, slug, name, kana, english string) (o Organization, err error) {
	change, err := Change{Name: &name, Kana: &kana, English: &english}.clean()
	if err != nil {
		return Organization{}, err
	}
	err = s.db.InOperator(ctx, func(tx *postgres.Tx) error {
		known, err := bySlug(tx, []string{slug})
		if err != nil {
			return err
		}
		found, ok := known[slug]
		if !ok {
			return ErrNotFound
		}
		r, columns := change.row()
		if err := update(tx, found.ID, r, columns...); err != nil {
			return refused(err)
		}
		if o, err = byID(tx, found.ID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Organization: o.ID,
			Action:       "organization.rename",
			SubjectKind:  "organization",
			SubjectID:    o.ID,
			Detail:       map[string]any{"from": found.Name, "to": o.Name},
		})
	})
	if err != nil {
		return Organization{}, fmt.Errorf("rename organization: %w", err)
	}
	s.directory.Forget()
	return o, nil
}

// RegisterGroup adds a partner group that the municipality vouches for, on behalf of the
// municipality's staff. ErrInvalid names the fields; ErrSlugTaken; ErrNotMunicipality when a
// partner group tries.
func (s *Service) RegisterGroup(
	ctx context.Context,
	municipality uuid.UUID,
	actor postgres.Actor,
	in Input,
) (Organization, error) {
	registrar, err := s.directory.ByID(ctx, municipality)
	if err != nil {
		return Organization{}, err
	}
	if registrar.Kind != Municipality {
		return Organization{}, ErrNotMunicipality
	}
	in.Kind, in.RegisteredBy, in.Position = PartnerGroup, registrar.Slug, 0
	if in, err = in.clean(); err != nil {
		return Organization{}, err
	}
	var group Organization
	err = s.db.InOrganization(ctx, municipality, actor, func(tx *postgres.Tx) error {
		id, err := insertGroup(tx, municipality, in)
		if err != nil {
			return err
		}
		entry := audit.Entry{
			Action:      "organization.register",
			SubjectKind: "organization",
			SubjectID:   id,
			Detail:      map[string]any{"slug": in.Slug},
		}
		if err := audit.Record(ctx, tx, entry); err != nil {
			return err
		}
		group, err = byID(tx, id)
		return err
	})
	if err != nil {
		return Organization{}, fmt.Errorf("register partner group: %w", err)
	}
	s.directory.Forget()
	return group, nil
}

// Establish sets organizations up as the operator, all or none, and gives them in the order of
// inputs. It may be repeated: a known slug is brought up to date, where a text left empty keeps
// what the organization's staff wrote. Registering municipalities may stand among the inputs.
// Fields of ErrInvalid are named "3.name"; ErrKindFixed, ErrCodeTaken.
func (s *Service) Establish(ctx context.Context, inputs []Input) ([]Ref, error) {
	cleaned := make([]Input, len(inputs))
	invalid := ErrInvalid
	for i, in := range inputs {
		var err error
		if cleaned[i], err = in.clean(); err != nil {
			invalid = prefixed(invalid, i, err)
		}
	}
	if err := invalid.Or(); err != nil {
		return nil, err
	}
	// Registrars first.
	order := make([]int, len(cleaned))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(cleaned[a].Kind, cleaned[b].Kind) })
	refs := make([]Ref, len(cleaned))
	err := s.db.InOperator(ctx, func(tx *postgres.Tx) error {
		if err := alone(ctx, tx); err != nil {
			return err
		}
		for _, i := range order {
			ref, changed, err := upsert(ctx, tx, cleaned[i])
			if err != nil {
				return err
			}
			refs[i] = ref
			if !changed {
				continue
			}
			entry := audit.Entry{
				Organization: ref.ID,
				Action:       "organization.establish",
				SubjectKind:  "organization",
				SubjectID:    ref.ID,
			}
			if err := audit.Record(ctx, tx, entry); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("establish organizations: %w", err)
	}
	s.directory.Forget()
	return refs, nil
}

// Close ends an organization's part as the operator: its staff and programs are refused from now
// on, its facilities are closed, and it leaves the lists; its page and its past events stay.
// ErrHasPlans, with how many of each, when events or bookings lie ahead, rounds run, applications
// wait for a draw, or it vouches for partner groups: those who are concerned must hear of it first.
// Closing once more changes nothing.
func (s *Service) Close(ctx context.Context, slug string) (Organization, error) {
	return s.turn(ctx, slug, "organization.close", func(tx *postgres.Tx, o Organization) error {
		return end(ctx, tx, o.ID, clock.DateOf(tx.Now), o.Name+"が、となりまちへの参加を終えました。")
	})
}

// Reopen lets an organization take part again, as the operator. Its facilities stay closed until
// its staff open them.
func (s *Service) Reopen(ctx context.Context, slug string) (Organization, error) {
	return s.turn(ctx, slug, "organization.reopen", func(tx *postgres.Tx, o Organization) error {
		whole, err := byID(tx, o.ID)
		if err != nil {
			return err
		}
		if whole.RegisteredBy != nil {
			registrar := whole.RegisteredBy.Slug
			known, err := bySlug(tx, []string{registrar})
			if err != nil {
				return err
			}
			if known[registrar].Closed() {
				return ErrClosed.With("slug", registrar)
			}
		}
		return update(tx, o.ID, row{}, "closed_at")
	})
}

// turn has change work on an organization, read without its registrar, and notes when that was
// closed or opened by it.
func (s *Service) turn(
	ctx context.Context,
	slug, action string,
	change func(tx *postgres.Tx, o Organization) error,
) (o Organization, err error) {
	err = s.db.InOperator(ctx, func(tx *postgres.Tx) error {
		known, err := bySlug(tx, []string{slug})
		if err != nil {
			return err
		}
		found, ok := known[slug]
		if !ok {
			return ErrNotFound
		}
		if err := change(tx, found); err != nil {
			return err
		}
		if o, err = byID(tx, found.ID); err != nil || o.Closed() == found.Closed() {
			return err
		}
		return audit.Record(
			ctx,
			tx,
			audit.Entry{Organization: o.ID, Action: action, SubjectKind: "organization", SubjectID: o.ID},
		)
	})
	if err != nil {
		return Organization{}, fmt.Errorf("%s: %w", action, err)
	}
	s.directory.Forget()
	return o, nil
}

// EstablishPartnership sets a partnership up as the operator, with exactly the members given. It
// may be repeated. ErrPartnershipInvalid names the fields: members that aren't known municipalities
// are "members.2".
func (s *Service) EstablishPartnership(ctx context.Context, in PartnershipInput) (Partnership, error) {
	in, err := in.clean()
	if err != nil {
		return Partnership{}, err
	}
	var agreed Partnership
	err = s.db.InOperator(ctx, func(tx *postgres.Tx) error {
		members, err := resolve(tx, in)
		if err != nil {
			return err
		}
		id, err := upsertPartnership(ctx, tx, in)
		if err != nil {
			return err
		}
		joined, left, err := setMembers(ctx, tx, id, members)
		if err != nil {
			return err
		}
		for action, organizations := range map[string][]uuid.UUID{
			"partnership.join":  joined,
			"partnership.leave": left,
		} {
			for _, organization := range organizations {
				entry := audit.Entry{
					Organization: organization,
					Action:       action,
					SubjectKind:  "partnership",
					SubjectID:    id,
					Detail:       map[string]any{"slug": in.Slug},
				}
				if err := audit.Record(ctx, tx, entry); err != nil {
					return err
				}
			}
		}
		agreed = Partnership{ID: id, Slug: in.Slug, Name: in.Name, Description: in.Description, Position: in.Position}
		for _, m := range members {
			agreed.add(m)
		}
		return nil
	})
	if err != nil {
		return Partnership{}, fmt.Errorf("establish partnership: %w", err)
	}
	s.directory.Forget()
	return agreed, nil
}

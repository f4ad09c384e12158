package event

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

type organiser struct {
	id    uuid.UUID
	role  OrganiserRole
	left  bool // no longer takes part
	field string
}

// resolveOrganisers looks the slugs up; the owner comes first as 主催 when it is not named.
func resolveOrganisers(view *organization.View, owner uuid.UUID, in []OrganiserInput) ([]organiser, error) {
	var all []organiser
	refusal, ownerNamed := ErrInvalid, false
	for i, o := range in {
		field := "organisers." + strconv.Itoa(i) + ".organization"
		found, err := view.BySlug(o.Organization)
		if err != nil {
			refusal = refusal.Field(field, "organization_unknown")
			continue
		}
		ownerNamed = ownerNamed || found.ID == owner
		all = append(all, organiser{id: found.ID, role: o.Role, left: found.Closed(), field: field})
	}
	if !ownerNamed {
		all = append([]organiser{{id: owner, role: Host}}, all...)
	}
	return all, refusal.Or()
}

// refuseLeft refuses organizations that no longer take part, unless they stand in that role already.
func refuseLeft(wanted []organiser, now map[uuid.UUID]Organiser) error {
	refusal := ErrInvalid
	for _, o := range wanted {
		if o.left && now[o.id].Role != o.role {
			refusal = refusal.Field(o.field, organization.ErrClosed.Code)
		}
	}
	return refusal.Or()
}

// replaceOrganisers brings the organisers to the wanted order and roles; who stays in a role keeps its decision.
func replaceOrganisers(ctx context.Context, tx *postgres.Tx, event uuid.UUID, wanted []organiser) error {
	events, err := loadEvents(ctx, tx, []uuid.UUID{event}, window{perEvent: 1}, false)
	if err != nil {
		return err
	}
	if len(events) == 0 {
		return ErrUnknown
	}
	now := map[uuid.UUID]Organiser{}
	for _, o := range events[0].Organisers {
		now[o.Organization.ID] = o
	}
	if err := refuseLeft(wanted, now); err != nil {
		return err
	}
	for position, o := range wanted {
		known, stands := now[o.id]
		delete(now, o.id)
		if !stands {
			if err := insertOrganiser(tx, event, o.id, o.role, position); err != nil {
				return err
			}
			continue
		}
		set := columns{"position": position}
		if known.Role != o.role {
			set["role"] = o.role
			if o.id != tx.Organization {
				set["approval"], set["decided_at"] = Pending, nil
			}
		}
		if _, err := updateOrganiser(tx, event, o.id, set); err != nil {
			return err
		}
	}
	for id := range now {
		if err := deleteOrganiser(tx, event, id); err != nil {
			return err
		}
	}
	return nil
}

// Decide is a co-organiser's own yes or no to standing on a neighbour's event. With a yes the event appears in its list and feed.
// seen is the Revision of the Inquiry that it answers, 0 when it does not say: a yes to an older one is ErrAskedAnew.
func (s *Service) Decide(ctx context.Context, a Author, id uuid.UUID, approve bool, seen int) (Event, error) {
	approval, action := Declined, "organiser.declined"
	if approve {
		approval, action = Approved, "organiser.approved"
	}
	return s.write(ctx, a, id, action, nil, func(tx *postgres.Tx) error {
		if err := lockOrganiser(ctx, tx, id, a.Organization); err != nil { // so that no change comes between what was seen and the answer
			return err
		}
		events, err := loadEvents(ctx, tx, []uuid.UUID{id}, window{perEvent: 1}, true)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return ErrUnknown
		}
		if events[0].Owner.ID == a.Organization {
			return ErrOwnerDecides
		}
		if q := questionTo(&events[0], a.Organization); approve && seen != 0 && q != nil && q.Revision != seen {
			return ErrAskedAnew.With("revision", q.Revision)
		}
		found, err := updateOrganiser(tx, id, a.Organization, columns{"approval": approval, "decided_at": tx.Now})
		if err != nil {
			return err
		}
		if !found {
			return ErrNotInvited
		}
		return nil
	})
}

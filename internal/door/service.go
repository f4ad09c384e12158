package door

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Service makes day links and works the door. Safe for concurrent use.
type Service struct {
	db     *postgres.DB
	keys   *secret.Keys
	random io.Reader
}

// NewService makes the service. random must be cryptographically random and safe for concurrent
// use.
func NewService(db *postgres.DB, keys *secret.Keys, random io.Reader) *Service {
	return &Service{db: db, keys: keys, random: random}
}

// CreateLink makes a day link for one of the organization's own dates. ErrDate; ErrDateOver when it
// would open nothing any more; ErrTooMany.
func (s *Service) CreateLink(ctx context.Context, by staff.Author, eventID, occurrence uuid.UUID) (Issued, error) {
	var issued Issued
	err := s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
		d, err := findDate(ctx, tx, eventID, occurrence)
		switch {
		case err != nil:
			return err
		case d.off || !tx.Now.Before(d.endsAt.Add(After)):
			return ErrDateOver
		}
		if n, err := countLinks(tx, occurrence); err != nil {
			return err
		} else if n >= MaxLinks {
			return ErrTooMany.With("max", MaxLinks)
		}
		token, err := secret.NewDoor(s.random)
		if err != nil {
			return err
		}
		link, err := insertLink(ctx, tx, eventID, occurrence, s.keys.DoorMAC(token))
		if err != nil {
			return err
		}
		issued = Issued{Link: link, Token: token}
		return audit.Record(ctx, tx, audit.Entry{
			Action:      "door.link_create",
			SubjectKind: "door_link",
			SubjectID:   link.ID,
			Detail:      map[string]any{"occurrence_id": occurrence},
		})
	})
	if err != nil {
		return Issued{}, fmt.Errorf("create door link: %w", err)
	}
	return issued, nil
}

// RevokeLink ends a link for good; once more does nothing. ErrLinkUnknown.
func (s *Service) RevokeLink(ctx context.Context, by staff.Author, eventID, occurrence, link uuid.UUID) error {
	err := s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
		changed, err := revokeLink(tx, eventID, occurrence, link)
		if err != nil || !changed {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action:      "door.link_revoke",
			SubjectKind: "door_link",
			SubjectID:   link,
			Detail:      map[string]any{"occurrence_id": occurrence},
		})
	})
	if err != nil {
		return fmt.Errorf("revoke door link: %w", err)
	}
	return nil
}

// Links gives the links of one of the organization's own dates, newest first, at most a hundred.
// ErrDate.
func (s *Service) Links(ctx context.Context, organization, eventID, occurrence uuid.UUID) ([]Link, error) {
	var links []Link
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) error {
		if _, err := findDate(ctx, tx, eventID, occurrence); err != nil {
			return err
		}
		var err error
		links, err = selectLinks(ctx, tx, occurrence)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list door links: %w", err)
	}
	return links, nil
}

// SetCapacity says how many fit into a part; nil says that nobody knows. ErrPart; ErrCapacity for
// less than one or more than MaxCapacity.
func (s *Service) SetCapacity(
	ctx context.Context,
	by staff.Author,
	eventID, occurrence, part uuid.UUID,
	capacity *int,
) (Count, error) {
	if capacity != nil && *capacity < 1 {
		return Count{}, fmt.Errorf("set door capacity: %w", ErrCapacity.Field("capacity", "too_small", "min", 1))
	}
	if capacity != nil && *capacity > MaxCapacity {
		return Count{}, fmt.Errorf(
			"set door capacity: %w",
			ErrCapacity.Field("capacity", "too_large", "max", MaxCapacity),
		)
	}
	var now Count
	err := s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) (err error) {
		if now, err = setCapacity(ctx, tx, eventID, occurrence, part, capacity); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "door.capacity", SubjectKind: "part", SubjectID: part, Detail: map[string]any{"capacity": capacity},
		})
	})
	if err != nil {
		return Count{}, fmt.Errorf("set door capacity: %w", err)
	}
	return now, nil
}

// Counts gives the head counts of one of the organization's own events, by part; parts that nobody
// counts are missing.
func (s *Service) Counts(ctx context.Context, organization, eventID uuid.UUID) (map[uuid.UUID]Count, error) {
	var counts map[uuid.UUID]Count
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) (err error) {
		counts, err = selectCounts(ctx, tx, eventID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read head counts: %w", err)
	}
	return counts, nil
}

// Open gives the date that a link opens. ErrLink, ErrEarly, ErrOver.
func (s *Service) Open(ctx context.Context, token secret.Door) (Door, error) {
	var d Door
	err := s.atDoor(ctx, func(tx *postgres.Tx) (v verdict, err error) {
		d, v, err = openDoor(ctx, tx, s.keys.DoorMACs(token))
		return v, err
	})
	if err != nil {
		return Door{}, fmt.Errorf("open door: %w", err)
	}
	return d, nil
}

// Tap counts taps, each id once a part, and gives the count after them. Sending the same again does
// nothing but tell the count. ErrLink, ErrEarly, ErrOver, ErrPart; ErrTaps for none, more than
// MaxTaps or a delta out of range.
func (s *Service) Tap(ctx context.Context, token secret.Door, part uuid.UUID, taps []Tap) (Count, error) {
	if err := checkTaps(taps); err != nil {
		return Count{}, fmt.Errorf("count at door: %w", err)
	}
	var now Count
	err := s.atDoor(ctx, func(tx *postgres.Tx) (v verdict, err error) {
		now, v, err = countTaps(ctx, tx, s.keys.DoorMACs(token), part, taps)
		return v, err
	})
	if err != nil {
		return Count{}, fmt.Errorf("count at door: %w", err)
	}
	return now, nil
}

// CheckIn marks a confirmed ticket of the date as arrived. ErrLink, ErrEarly, ErrOver; ErrNotToday
// when no confirmed ticket of this date was shown; ErrPaused for a day code after too many that
// were nobody's.
func (s *Service) CheckIn(ctx context.Context, token secret.Door, shown Shown) (CheckIn, error) {
	return s.checkIn(ctx, token, shown, false)
}

// Undo takes an arrival back. Errors as CheckIn.
func (s *Service) Undo(ctx context.Context, token secret.Door, shown Shown) (CheckIn, error) {
	return s.checkIn(ctx, token, shown, true)
}

func (s *Service) checkIn(ctx context.Context, token secret.Door, shown Shown, undo bool) (CheckIn, error) {
	secrets, codes := [][]byte{}, [][]byte{}
	switch hasCode := shown.DayCode.Reveal() != ""; {
	case hasCode == !shown.Secret.IsZero():
		return CheckIn{}, fmt.Errorf("check in: %w", ErrCode)
	case hasCode:
		codes = s.keys.DayCodeMACs(shown.DayCode)
	default:
		secrets = s.keys.TicketMACs(shown.Secret)
	}
	var c CheckIn
	err := s.atDoor(ctx, func(tx *postgres.Tx) (v verdict, err error) {
		macs := s.keys.DoorMACs(token)
		if c, v, err = checkIn(ctx, tx, macs, secrets, codes, undo); v.outcome == paused {
			v.pause, err = readPause(ctx, tx, macs)
		}
		return v, err
	})
	if err != nil {
		return CheckIn{}, fmt.Errorf("check in: %w", err)
	}
	return c, nil
}

// atDoor works as the public role, which can read none of the tables: the link's MAC opens them
// through functions alone. A verdict is refused only once the transaction has ended: a miss is to
// be counted, so it must not be rolled back.
func (s *Service) atDoor(ctx context.Context, fn func(tx *postgres.Tx) (verdict, error)) error {
	var v verdict
	err := s.db.InTicket(ctx, nil, func(tx *postgres.Tx) (err error) {
		v, err = fn(tx)
		return err
	})
	if err != nil {
		return err
	}
	return v.refuse()
}

func checkTaps(taps []Tap) error {
	switch {
	case len(taps) == 0:
		return ErrTaps.Field("taps", "required")
	case len(taps) > MaxTaps:
		return ErrTaps.Field("taps", "too_long", "max", MaxTaps)
	}
	for _, t := range taps {
		if t.Delta == 0 || t.Delta < -MaxDelta || t.Delta > MaxDelta {
			return ErrTaps.Field("taps", "unknown_value")
		}
	}
	return nil
}

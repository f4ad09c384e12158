package paper

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Tickets reads tickets by their secret; ticket.Service is one.
type Tickets interface {
	Look(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
}

// Service prints sheets and takes codes. Safe for concurrent use.
type Service struct {
	db      *postgres.DB
	keys    *secret.Keys
	random  io.Reader
	tickets Tickets
}

// NewService makes the service. random must be cryptographically random and safe for concurrent
// use.
func NewService(db *postgres.DB, keys *secret.Keys, random io.Reader, tickets Tickets) *Service {
	return &Service{db: db, keys: keys, random: random, tickets: tickets}
}

// Print sets seats aside and gives the codes for them, this once. ErrQuota, ErrOtherWay,
// ErrDateOver, ErrReturnsAt, ErrTooFew, ErrSize, ErrTooMany.
func (s *Service) Print(ctx context.Context, by staff.Author, in Input) (Issued, error) {
	refused := ErrSize
	for _, c := range []struct {
		name      string
		n, atMost int
	}{{"codes", in.Codes, MaxCodes}, {"seats_each", in.SeatsEach, MaxSeats}} {
		if c.n < 1 {
			refused = refused.Field(c.name, "too_small", "min", 1)
		} else if c.n > c.atMost {
			refused = refused.Field(c.name, "too_large", "max", c.atMost)
		}
	}
	if err := refused.Or(); err != nil {
		return Issued{}, fmt.Errorf("print sheet: %w", err)
	}
	var issued Issued
	err := s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
		issued = Issued{}
		macs := make([][]byte, in.Codes)
		for i := range macs {
			code, err := secret.NewPaper(s.random)
			if err != nil {
				return err
			}
			issued.PlainCodes, macs[i] = append(issued.PlainCodes, code), s.keys.PaperMAC(code)
		}
		if n, err := countSheets(ctx, tx, in.EventID); err != nil {
			return err
		} else if n >= MaxSheets {
			return ErrTooMany.With("max", MaxSheets)
		}
		reserved, id, free, err := reserveSeats(ctx, tx, in, macs)
		if err != nil {
			return err
		}
		if reserved != made {
			return reserved.refusePrint(free)
		}
		if issued.Sheet, err = selectSheet(ctx, tx, in.EventID, id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "paper.sheet_print", SubjectKind: "paper_sheet", SubjectID: id,
			Detail: map[string]any{"quota_id": in.QuotaID, "codes": in.Codes, "seats_each": in.SeatsEach},
		})
	})
	if err != nil {
		return Issued{}, fmt.Errorf("print sheet: %w", err)
	}
	return issued, nil
}

// Sheets gives the sheets of one of the organization's own events, newest first, at most 200; none
// for an event it does not own.
func (s *Service) Sheets(ctx context.Context, organization, eventID uuid.UUID) ([]Sheet, error) {
	var all []Sheet
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) (err error) {
		all, err = selectSheets(ctx, tx, eventID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sheets: %w", err)
	}
	return all, nil
}

// Revoke ends a sheet: its unused codes are worth nothing from now on and their seats go back in
// the same transaction. Once more does nothing. ErrSheetUnknown.
func (s *Service) Revoke(ctx context.Context, by staff.Author, eventID, sheet uuid.UUID) error {
	err := s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
		done, err := revokeSheet(ctx, tx, eventID, sheet)
		switch {
		case err != nil:
			return err
		case done == already:
			return nil
		case done != revoked:
			return done.refuseRevoke()
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "paper.sheet_revoke", SubjectKind: "paper_sheet", SubjectID: sheet,
		})
	})
	if err != nil {
		return fmt.Errorf("revoke sheet: %w", err)
	}
	return nil
}

// Look tells which seats a code can take. ErrUnknown, ErrUsed, ErrOver, ticket.ErrNotAccepting.
func (s *Service) Look(ctx context.Context, code secret.Paper) (Reservation, error) {
	var r Reservation
	err := s.db.InTicket(ctx, nil, func(tx *postgres.Tx) (err error) {
		var state outcome
		if state, r, err = readCode(ctx, tx, s.keys.PaperMACs(code)); err == nil && state != good {
			err = state.refuseCode(r.Seats)
		}
		return err
	})
	if err != nil {
		return Reservation{}, fmt.Errorf("look at paper code: %w", err)
	}
	return r, nil
}

// Take gives the ticket for a code. r has Seats, Nickname and, so that asking again gives the same
// ticket, Secret; what else it has is not looked at. Beside Look's it fails with
// ticket.ErrTooManySeats, ErrSeats, ErrNickname and ErrPayloadDiffers.
func (s *Service) Take(ctx context.Context, code secret.Paper, r ticket.Request) (secret.Ticket, ticket.Ticket, error) {
	mine, t, err := s.take(ctx, code, r)
	if err != nil {
		return secret.Ticket{}, ticket.Ticket{}, fmt.Errorf("take ticket for paper code: %w", err)
	}
	return mine, t, nil
}

func (s *Service) take(ctx context.Context, code secret.Paper, r ticket.Request) (secret.Ticket, ticket.Ticket, error) {
	nickname, err := ticket.CleanNickname(r.Nickname)
	if err != nil {
		return secret.Ticket{}, ticket.Ticket{}, err
	}
	if r.Seats < 1 {
		return secret.Ticket{}, ticket.Ticket{}, ticket.ErrSeats.Field("seats", "too_small", "min", 1)
	}
	if r.Secret.IsZero() {
		if r.Secret, err = secret.NewTicket(s.random); err != nil {
			return secret.Ticket{}, ticket.Ticket{}, err
		}
	} else if t, err := s.tickets.Look(ctx, r.Secret); err == nil { // under an older key, too
		return s.answerRepeat(ctx, code, r, nickname, t)
	}
	sealed, err := r.Secret.SealText(nickname)
	if err != nil {
		return secret.Ticket{}, ticket.Ticket{}, err
	}
	id, err := uuid.NewRandomFromReader(s.random)
	if err != nil {
		return secret.Ticket{}, ticket.Ticket{}, fmt.Errorf("make id: %w", err)
	}
	mac := s.keys.TicketMAC(r.Secret)
	var became outcome
	var most int
	err = s.db.InTicket(ctx, mac, func(tx *postgres.Tx) (err error) {
		became, most, err = claimCode(ctx, tx, s.keys.PaperMACs(code), id, mac, min(r.Seats, 1000), sealed)
		return err
	})
	switch {
	case postgres.Violates(err, "ticket_secret_mac_key"): // the same secret got another ticket at this moment
		became = duplicate
	case err != nil:
		return secret.Ticket{}, ticket.Ticket{}, err
	}
	if became != granted && became != duplicate {
		return secret.Ticket{}, ticket.Ticket{}, became.refuseCode(most)
	}
	t, err := s.tickets.Look(ctx, r.Secret)
	if err != nil {
		return secret.Ticket{}, ticket.Ticket{}, err
	}
	if became == duplicate {
		return s.answerRepeat(ctx, code, r, nickname, t)
	}
	return r.Secret, t, nil
}

// answerRepeat answers a secret that has a ticket already: with that ticket, where it is what is
// asked for.
func (s *Service) answerRepeat(
	ctx context.Context,
	code secret.Paper,
	r ticket.Request,
	nickname string,
	t ticket.Ticket,
) (secret.Ticket, ticket.Ticket, error) {
	var of Reservation
	err := s.db.InTicket(ctx, nil, func(tx *postgres.Tx) (err error) {
		_, of, err = readCode(ctx, tx, s.keys.PaperMACs(code))
		return err
	})
	if err != nil {
		return secret.Ticket{}, ticket.Ticket{}, err
	}
	if t.QuotaID != of.QuotaID || t.Seats != r.Seats || t.Status != ticket.Cancelled && t.Nickname != nickname {
		return secret.Ticket{}, ticket.Ticket{}, ticket.ErrPayloadDiffers
	}
	if err := s.db.Confirm(ctx); err != nil {
		return secret.Ticket{}, ticket.Ticket{}, err
	}
	return r.Secret, t, nil
}

// ReturnSeats gives seats back that no code claims any more and deletes the codes of dates that
// ended long ago. For the worker; it says how many seats and codes.
func ReturnSeats(ctx context.Context, db *postgres.DB) (int, error) {
	seats, codes := 0, 0
	err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
		seats, codes, err = returnSeats(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("return paper seats: %w", err)
	}
	return seats + codes, nil
}

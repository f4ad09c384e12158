package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/flyer"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/qrcode"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Paper is what the face asks of paper.Service.
type Paper interface {
	Print(ctx context.Context, by event.Author, in paper.Input) (paper.Issued, error)
	Sheets(ctx context.Context, organization, eventID uuid.UUID) ([]paper.Sheet, error)
	Revoke(ctx context.Context, by event.Author, eventID, sheet uuid.UUID) error
	Look(ctx context.Context, code secret.Paper) (paper.Good, error)
	Take(ctx context.Context, code secret.Paper, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
}

// ListPaperSheets gives the sheets of an event without their codes.
func (f *face) ListPaperSheets(ctx context.Context, request api.ListPaperSheetsRequestObject) (api.ListPaperSheetsResponseObject, error) {
	organization := sessionOf(ctx).Organization.ID
	if _, err := f.Events.ForStaff(ctx, organization, request.EventID); err != nil {
		return nil, err
	}
	sheets, err := f.Paper.Sheets(ctx, organization, request.EventID)
	if err != nil {
		return nil, err
	}
	out := api.ListPaperSheets200JSONResponse{Items: make([]api.PaperSheet, len(sheets))}
	for i, s := range sheets {
		out.Items[i] = paperSheet(s)
	}
	return out, nil
}

// PrintPaperSheet sets seats aside; the codes are in this answer only.
func (f *face) PrintPaperSheet(ctx context.Context, request api.PrintPaperSheetRequestObject) (api.PrintPaperSheetResponseObject, error) {
	b := request.Body
	in := paper.Input{EventID: request.EventID, OccurrenceID: b.OccurrenceID, PartID: b.PartID, QuotaID: b.QuotaID, Codes: b.Codes, SeatsEach: 1, ReturnsAt: b.ReturnsAt}
	if b.SeatsEach != nil {
		in.SeatsEach = *b.SeatsEach
	}
	issued, err := f.Paper.Print(ctx, authorOf(ctx), in)
	if err != nil {
		return nil, err
	}
	if request.Params.Format != nil && *request.Params.Format == api.PrintPaperSheetParamsFormatHTML {
		page, err := f.sheetPage(ctx, issued)
		if err != nil {
			return nil, err
		}
		return api.PrintPaperSheet201TextHTMLResponse{Body: bytes.NewReader(page), ContentLength: int64(len(page))}, nil
	}
	out := api.PrintPaperSheet201JSONResponse{ClaimURL: f.BaseURL + "/paper", Details: paperSheet(issued.Sheet)}
	for _, code := range issued.Plain {
		out.Codes = append(out.Codes, code.Reveal())
	}
	return out, nil
}

// sheetPage is the sheet to be printed. When it can't be drawn the seats are set aside already: the sheet is revoked, because nobody has its codes.
func (f *face) sheetPage(ctx context.Context, issued paper.Issued) (page []byte, err error) {
	defer func() {
		if err != nil {
			if failed := f.Paper.Revoke(context.WithoutCancel(ctx), authorOf(ctx), issued.EventID, issued.ID); failed != nil {
				err = fmt.Errorf("%w; and revoke it: %w", err, failed)
			}
		}
	}()
	e, err := f.Events.ForStaff(ctx, sessionOf(ctx).Organization.ID, issued.EventID)
	if err != nil {
		return nil, err
	}
	_, address, _ := strings.Cut(f.BaseURL, "://")
	s := flyer.Sheet{Title: e.Title, Seats: fmt.Sprintf("%d人", issued.SeatsEach), Until: i18n.MonthDay(issued.ReturnsAt) + i18n.ClockTime(issued.ReturnsAt), Address: address + "/paper"}
	for _, o := range e.Occurrences {
		for _, p := range o.Parts {
			if p.ID == issued.PartID {
				s.When, s.Place = i18n.MonthDay(p.StartsAt)+i18n.ClockTime(p.StartsAt), o.Place.Name
				if p.Name != "" {
					s.Title += "　" + p.Name
				}
			}
		}
	}
	for _, code := range issued.Plain {
		drawn, err := qrcode.Draw(f.BaseURL + "/paper#" + strings.ReplaceAll(code.Reveal(), "-", ""))
		if err != nil {
			return nil, err
		}
		s.Strips = append(s.Strips, flyer.Strip{Code: code.Reveal(), Size: drawn.Size, Path: drawn.Path})
	}
	return s.HTML()
}

// RevokePaperSheet ends a sheet.
func (f *face) RevokePaperSheet(ctx context.Context, request api.RevokePaperSheetRequestObject) (api.RevokePaperSheetResponseObject, error) {
	if err := f.Paper.Revoke(ctx, authorOf(ctx), request.EventID, request.SheetID); err != nil {
		return nil, err
	}
	return api.RevokePaperSheet204Response{}, nil
}

// LookAtPaperCode tells what a code is good for.
func (f *face) LookAtPaperCode(ctx context.Context, request api.LookAtPaperCodeRequestObject) (api.LookAtPaperCodeResponseObject, error) {
	code, err := secret.ParsePaper(request.Body.PaperCode)
	if err != nil {
		return nil, err
	}
	g, err := f.Paper.Look(ctx, code)
	if err != nil {
		return nil, err
	}
	return api.LookAtPaperCode200JSONResponse{EventID: g.EventID, OccurrenceID: g.OccurrenceID, PartID: g.PartID, Seats: g.Seats, ReturnsAt: tokyo(g.ReturnsAt)}, nil
}

// TakeByPaperCode takes seats that were set aside.
func (f *face) TakeByPaperCode(ctx context.Context, request api.TakeByPaperCodeRequestObject) (api.TakeByPaperCodeResponseObject, error) {
	b := request.Body
	code, err := secret.ParsePaper(b.PaperCode)
	if err != nil {
		return nil, err
	}
	wanted := ticket.Request{Seats: 1, Nickname: or(b.Nickname)}
	if b.Seats != nil {
		wanted.Seats = *b.Seats
	}
	if b.Secret != nil {
		if wanted.Secret, err = secret.ParseTicket(*b.Secret); err != nil {
			return nil, err
		}
	}
	mine, t, err := f.Paper.Take(ctx, code, wanted)
	if err != nil {
		return nil, err
	}
	return api.TakeByPaperCode201JSONResponse(f.issued(mine, t)), nil
}

func paperSheet(s paper.Sheet) api.PaperSheet {
	return api.PaperSheet{
		ID: s.ID, OccurrenceID: s.OccurrenceID, PartID: s.PartID, QuotaID: s.QuotaID, Codes: s.Codes, SeatsEach: s.SeatsEach, Used: s.Used,
		ReturnsAt: tokyo(s.ReturnsAt), CreatedAt: tokyo(s.CreatedAt), RevokedAt: local(s.RevokedAt),
	}
}

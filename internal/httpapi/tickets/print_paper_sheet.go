package tickets

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/flyer"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/qrcode"
)

// PrintPaperSheet sets seats aside for codes on paper; the codes are in this answer only.
func (h *Handlers) PrintPaperSheet(
	ctx context.Context,
	request api.PrintPaperSheetRequestObject,
) (api.PrintPaperSheetResponseObject, error) {
	b := request.Body
	in := paper.Input{
		EventID:      request.EventID,
		OccurrenceID: b.OccurrenceID,
		PartID:       b.PartID,
		QuotaID:      b.QuotaID,
		Codes:        b.Codes,
		SeatsEach:    1,
		ReturnsAt:    b.ReturnsAt,
	}
	if b.SeatsEach != nil {
		in.SeatsEach = *b.SeatsEach
	}
	issued, err := h.Paper.Print(ctx, caller.Author(ctx), in)
	if err != nil {
		return nil, err
	}
	if request.Params.Format != nil && *request.Params.Format == api.PrintPaperSheetParamsFormatHTML {
		page, err := h.sheetPage(ctx, issued)
		if err != nil {
			return nil, err
		}
		return api.PrintPaperSheet201TextHTMLResponse{Body: bytes.NewReader(page), ContentLength: int64(len(page))}, nil
	}
	out := api.PrintPaperSheet201JSONResponse{ClaimURL: h.BaseURL + "/paper", Details: paperSheet(issued.Sheet)}
	for _, code := range issued.PlainCodes {
		out.Codes = append(out.Codes, code.Reveal())
	}
	return out, nil
}

// sheetPage is the sheet to be printed. When it can't be drawn the seats are set aside already: the
// sheet is revoked, because nobody has its codes.
func (h *Handlers) sheetPage(ctx context.Context, issued paper.Issued) (page []byte, err error) {
	defer func() {
		if err != nil {
			if failed := h.Paper.Revoke(
				context.WithoutCancel(ctx),
				caller.Author(ctx),
				issued.EventID,
				issued.ID,
			); failed != nil {
				err = fmt.Errorf("%w; and revoke it: %w", err, failed)
			}
		}
	}()
	e, err := h.Events.ForStaff(ctx, caller.Session(ctx).Organization.ID, issued.EventID)
	if err != nil {
		return nil, err
	}
	_, address, _ := strings.Cut(h.BaseURL, "://")
	s := flyer.Sheet{
		Title:   e.Title,
		Seats:   fmt.Sprintf("%d人", issued.SeatsEach),
		Until:   i18n.MonthDay(issued.ReturnsAt) + i18n.ClockTime(issued.ReturnsAt),
		Address: address + "/paper",
	}
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
	for _, code := range issued.PlainCodes {
		drawn, err := qrcode.Draw(h.BaseURL + "/paper#" + strings.ReplaceAll(code.Reveal(), "-", ""))
		if err != nil {
			return nil, err
		}
		s.Strips = append(s.Strips, flyer.Strip{Code: code.Reveal(), Size: drawn.Size, Path: drawn.Path})
	}
	return s.HTML()
}

package facilities

import (
	"context"
	"io"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/facilitylist"
	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// ImportFacilities imports a list of facilities.
func (h *Handlers) ImportFacilities(
	ctx context.Context,
	request api.ImportFacilitiesRequestObject,
) (api.ImportFacilitiesResponseObject, error) {
	raw, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, contract.Unreadable(err)
	}
	report, err := h.Lists.Import(
		ctx,
		caller.Author(ctx),
		caller.Session(ctx).Organization,
		raw,
		facilitylist.ImportOptions{DryRun: wire.Or(request.Params.DryRun), Open: wire.Or(request.Params.Open)},
	)
	if err != nil {
		return nil, err
	}
	return api.ImportFacilities200JSONResponse(importReport(report)), nil
}

// maxReportedRows bounds the rows of an import's report.
const maxReportedRows = opendata.MaxRows

func importReport(report facilitylist.Report) api.ImportReport {
	out := api.ImportReport{
		Edition:        api.ImportReportEdition(report.Edition),
		Encoding:       api.ImportReportEncoding(report.Encoding),
		IgnoredColumns: wire.List(report.Ignored),
		Rows:           []api.ImportRow{},
	}
	for _, r := range report.Rows {
		switch r.Outcome {
		case facilitylist.Created:
			out.Created++
		case facilitylist.Changed:
			out.Changed++
		case facilitylist.Unchanged:
			out.Unchanged++
		default:
			out.Refused++
		}
		if r.Outcome == facilitylist.Unchanged && len(r.Mended) == 0 || len(out.Rows) == maxReportedRows {
			continue
		}
		row := api.ImportRow{
			Line:       r.Line,
			Name:       r.Name,
			Outcome:    api.ImportRowOutcome(r.Outcome),
			Mended:     mendings(r.Mended),
			RefusedFor: mendings(r.Refused),
		}
		if r.Facility != uuid.Nil {
			row.FacilityID = &r.Facility
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func mendings(list []opendata.Mending) []api.Mending {
	out := make([]api.Mending, len(list))
	for i, m := range list {
		out[i] = api.Mending{Column: m.Column, Code: m.Code}
	}
	return out
}

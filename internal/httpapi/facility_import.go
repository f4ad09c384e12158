package httpapi

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/opendata"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// mostRows bounds what is told of an import.
const mostRows = opendata.MaxRows

// ImportFacilities brings a list in.
func (f *face) ImportFacilities(ctx context.Context, request api.ImportFacilitiesRequestObject) (api.ImportFacilitiesResponseObject, error) {
	raw, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, unreadable(err)
	}
	list, items, err := ReadFacilities(raw, sessionOf(ctx).Organization, f.Messages.Localizer(i18n.Japanese))
	if err != nil {
		return nil, err
	}
	done, err := f.Venues.Import(ctx, keeperOf(ctx), items, venue.ImportOptions{DryRun: or(request.Params.DryRun), Open: or(request.Params.Open)})
	if err != nil {
		return nil, err
	}
	return api.ImportFacilities200JSONResponse(importReport(list, done)), nil
}

func importReport(list opendata.File, done []venue.Imported) api.ImportReport {
	out := api.ImportReport{
		Edition: api.ImportReportEdition(list.Edition), Encoding: api.ImportReportEncoding(list.Encoding), IgnoredColumns: filled(list.Ignored), Rows: []api.ImportRow{},
	}
	for _, d := range done {
		switch d.Outcome {
		case venue.Created:
			out.Created++
		case venue.Changed:
			out.Changed++
		case venue.Unchanged:
			out.Unchanged++
		default:
			out.Refused++
		}
		if d.Outcome == venue.Unchanged && len(d.Mended) == 0 || len(out.Rows) == mostRows {
			continue
		}
		row := api.ImportRow{Line: d.Line, Name: d.Name, Outcome: api.ImportRowOutcome(d.Outcome), Mended: mendings(d.Mended), RefusedFor: mendings(d.Refused)}
		if d.Facility != [16]byte{} {
			row.FacilityID = &d.Facility
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func mendings(list []venue.Mending) []api.Mending {
	out := make([]api.Mending, len(list))
	for i, m := range list {
		out[i] = api.Mending{Column: m.Column, Code: m.Code}
	}
	return out
}

// ReadFacilities reads a list of facilities (公共施設一覧) as the organization's own; venue.ErrImport when it is none. Rows of another municipality are refused.
// What our own list says of a facility is no news of it: its other words, such as the hours told in sentences, are words' (Japanese).
func ReadFacilities(raw []byte, owner organization.Ref, words *i18n.Localizer) (opendata.File, []venue.ImportItem, error) {
	list, err := opendata.Read(raw)
	switch {
	case errors.Is(err, opendata.ErrTooLarge):
		return opendata.File{}, nil, venue.ErrImport.Because(err)
	case err != nil:
		return opendata.File{}, nil, venue.ErrImport.Because(err)
	}
	said := func(in *venue.FacilityInput, id uuid.UUID) opendata.Facility {
		return ownRow(venue.Facility{ID: id, FacilityInput: *in}, owner, words, list)
	}
	items := make([]venue.ImportItem, len(list.Rows))
	for i, row := range list.Rows {
		items[i] = importItem(row, owner, said)
	}
	return list, items, nil
}

// ownRow is what our own list says of a facility, as it reads after the way through a file of that edition and encoding; empty for a new one.
func ownRow(v venue.Facility, owner organization.Ref, words *i18n.Localizer, list opendata.File) opendata.Facility {
	if v.ID == uuid.Nil {
		return opendata.Facility{}
	}
	encoding := opendata.UTF8
	if list.Encoding == opendata.CP932 {
		encoding = opendata.CP932
	}
	raw, err := opendata.Write([]opendata.Facility{listed(v, owner, words, "")}, list.Edition, encoding)
	if err != nil {
		return opendata.Facility{}
	}
	back, err := opendata.Read(raw)
	if err != nil || len(back.Rows) != 1 {
		return opendata.Facility{} // then the row decides
	}
	return back.Rows[0].Facility
}

func importItem(row opendata.Row, owner organization.Ref, said func(in *venue.FacilityInput, id uuid.UUID) opendata.Facility) venue.ImportItem {
	f := row.Facility
	item := venue.ImportItem{Line: row.Line, ID: oneLine.Replace(f.ID), Name: f.Name, Address: or2(f.Address, f.Prefecture+f.City)}
	for _, m := range row.Mended {
		item.Mended = append(item.Mended, venue.Mending(m))
	}
	for _, m := range row.Refused {
		item.Refused = append(item.Refused, venue.Mending(m))
	}
	code, why := areaOf(f.Code, owner.Code)
	switch {
	case code == "":
		item.Refused = append(item.Refused, venue.Mending{Column: "全国地方公共団体コード", Code: why})
	case why != "":
		item.Mended = append(item.Mended, venue.Mending{Column: "全国地方公共団体コード", Code: why})
	}
	if f.Name == "" {
		item.Refused = append(item.Refused, venue.Mending{Column: "名称", Code: "required"})
	}
	item.Apply = func(in *venue.FacilityInput, id uuid.UUID) []venue.Mending {
		return applyRow(in, id, f, said(in, id), code)
	}
	return item
}

// areaOf reads a code as the owner's where it can mean it; "" and why when it can't.
func areaOf(written, own string) (code, why string) {
	readings := organization.CodeReadings(written)
	switch {
	case own != "" && written == "":
		return own, "code_completed"
	case own != "" && slices.Contains(readings, own):
		if written != own {
			why = "code_completed"
		}
		return own, why
	case own != "" && len(readings) > 0:
		return "", "code_of_another"
	case len(readings) == 0:
		return "", "code_unreadable"
	case len(readings) > 1:
		return "", "code_ambiguous"
	}
	if written != readings[0] {
		why = "code_completed"
	}
	return readings[0], why
}

var oneLine = strings.NewReplacer("\n", " ", "\t", " ")

// oneLined has what is one line with us on one line.
func oneLined(f opendata.Facility) opendata.Facility {
	for _, text := range []*string{&f.Name, &f.Kana, &f.English, &f.Alias, &f.POICode, &f.ID, &f.Address, &f.Building, &f.Extension, &f.Operator} {
		*text = oneLine.Replace(*text)
	}
	return f
}

// applyRow puts a row's news on a facility: what differs from what our own list says of it. It gives what it left out.
func applyRow(in *venue.FacilityInput, id uuid.UUID, f, said opendata.Facility, code string) []venue.Mending {
	if in.AreaCode == "" || code != said.Code {
		in.AreaCode = code
	}
	if strings.EqualFold(f.ID, id.String()) {
		f.ID = ""
	}
	if strings.HasSuffix(f.URL, facilityPage(id)) { // our own page, whatever it was reached by
		f.URL = ""
	}
	f.Address = or2(f.Address, f.Prefecture+f.City)
	f, said = oneLined(f), oneLined(said)
	for _, c := range []struct {
		place       *string
		value, said string
	}{
		{&in.Name, f.Name, said.Name}, {&in.Kana, f.Kana, said.Kana}, {&in.English, f.English, said.English},
		{&in.Alias, f.Alias, said.Alias}, {&in.POICode, f.POICode, said.POICode}, {&in.OutsideID, f.ID, said.ID},
		{&in.Address, f.Address, said.Address}, {&in.Building, f.Building, said.Building}, {&in.Phone, f.Phone, said.Phone},
		{&in.PhoneExtension, f.Extension, said.Extension}, {&in.Email, f.Email, said.Email}, {&in.PostalCode, f.PostalCode, said.PostalCode}, {&in.CorporateNumber, f.CorporateNumber, said.CorporateNumber},
		{&in.OperatedBy, f.Operator, said.Operator}, {&in.HoursNote, f.HoursNote, said.HoursNote}, {&in.Description, f.Description, said.Description}, {&in.BarrierNote, f.FactsNote, said.FactsNote},
		{&in.Website, f.URL, said.URL},
	} {
		if c.value != "" && c.value != c.said {
			*c.place = c.value
		}
	}
	if f.Latitude != nil && !(said.Latitude != nil && *f.Latitude == *said.Latitude && *f.Longitude == *said.Longitude) {
		in.Latitude, in.Longitude = f.Latitude, f.Longitude
	}
	if f.Facts != nil && !maps.Equal(f.Facts, said.Facts) {
		in.BarrierFree, in.Barriers = nil, nil
		for _, fact := range venue.Facts {
			switch has, stated := f.Facts[string(fact)]; {
			case has:
				in.BarrierFree = append(in.BarrierFree, fact)
			case stated:
				in.Barriers = append(in.Barriers, fact)
			}
		}
	}
	return applyHours(in, f, said)
}

func or2(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

// Codes of hours that were read and not put on a facility.
const (
	hoursKept    = "hours_kept"     // it has hours already, and they say more than one stretch a day
	hoursLeftOut = "hours_left_out" // they make no stretch of a day
)

// applyHours takes the list's one stretch a day only where no better is known.
func applyHours(in *venue.FacilityInput, f, said opendata.Facility) []venue.Mending {
	if f.Opens == "" && f.Closes == "" && len(f.Weekdays) == 0 {
		return nil
	}
	from, err1 := venue.ParseTime(f.Opens)
	to, err2 := venue.ParseTime(f.Closes)
	stretch := venue.Hours{From: from, To: to}
	if len(in.Hours.Seasons) > 0 {
		if f.Opens == said.Opens && f.Closes == said.Closes && slices.Equal(f.Weekdays, said.Weekdays) {
			return nil
		}
		return []venue.Mending{{Column: "開始時間", Code: hoursKept}}
	}
	if err1 != nil || err2 != nil || !stretch.Valid() {
		return []venue.Mending{{Column: "開始時間", Code: hoursLeftOut}}
	}
	hours := []venue.Hours{stretch}
	week := venue.EveryDay(hours...)
	if len(f.Weekdays) > 0 {
		week = venue.Week{}
		for _, d := range f.Weekdays {
			*[]*[]venue.Hours{&week.Sun, &week.Mon, &week.Tue, &week.Wed, &week.Thu, &week.Fri, &week.Sat}[d] = hours
		}
	}
	in.Hours = venue.Calendar{Seasons: []venue.Season{{Week: week}}}
	return nil
}

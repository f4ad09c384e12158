package facilitylist

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// readItems makes items of a list's rows. What our own list says of a facility is no news of it: of
// words that a list is completed with, such as the hours in sentences, only the facility's own are
// kept.
func readItems(list opendata.File, owner organization.Ref, words *i18n.Localizer) []item {
	ownRow := func(in *venue.FacilityInput, id uuid.UUID) opendata.Facility {
		return ownRowOf(venue.Facility{ID: id, FacilityInput: *in}, owner, words, list)
	}
	items := make([]item, len(list.Rows))
	for i, row := range list.Rows {
		items[i] = readItem(row, owner, ownRow)
	}
	return items
}

// ownRowOf gives the row of a facility in our own list as it reads after it was written to a file
// of that edition and encoding and read back; empty for a new facility.
func ownRowOf(v venue.Facility, owner organization.Ref, words *i18n.Localizer, list opendata.File) opendata.Facility {
	if v.ID == uuid.Nil {
		return opendata.Facility{}
	}
	encoding := opendata.UTF8
	if list.Encoding == opendata.CP932 {
		encoding = opendata.CP932
	}
	raw, err := opendata.Write([]opendata.Facility{rowOf(v, owner, words, "")}, list.Edition, encoding)
	if err != nil {
		return opendata.Facility{}
	}
	back, err := opendata.Read(raw)
	if err != nil || len(back.Rows) != 1 {
		return opendata.Facility{} // then the row decides
	}
	return back.Rows[0].Facility
}

func readItem(
	row opendata.Row,
	owner organization.Ref,
	ownRow func(in *venue.FacilityInput, id uuid.UUID) opendata.Facility,
) item {
	f := row.Facility
	i := item{
		line:    row.Line,
		id:      oneLine.Replace(f.ID),
		name:    f.Name,
		address: cmp.Or(f.Address, f.Prefecture+f.City),
		mended:  slices.Clone(row.Mended),
		refused: slices.Clone(row.Refused),
	}
	code, why := readCode(f.Code, owner.Code)
	switch {
	case code == "":
		i.refused = append(i.refused, opendata.Mending{Column: "全国地方公共団体コード", Code: why})
	case why != "":
		i.mended = append(i.mended, opendata.Mending{Column: "全国地方公共団体コード", Code: why})
	}
	if f.Name == "" {
		i.refused = append(i.refused, opendata.Mending{Column: "名称", Code: "required"})
	}
	i.apply = func(in *venue.FacilityInput, id uuid.UUID) []opendata.Mending {
		return applyRow(in, id, f, ownRow(in, id), code)
	}
	return i
}

// readCode reads a code as the owner's where it can mean it; "" and why when it can't.
func readCode(written, own string) (code, why string) {
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
	for _, text := range []*string{
		&f.Name,
		&f.Kana,
		&f.English,
		&f.Alias,
		&f.POICode,
		&f.ID,
		&f.Address,
		&f.Building,
		&f.Extension,
		&f.Operator,
	} {
		*text = oneLine.Replace(*text)
	}
	return f
}

// applyRow puts a row's news on a facility: what differs from what our own list says of it. It
// gives what it left out.
func applyRow(in *venue.FacilityInput, id uuid.UUID, f, said opendata.Facility, code string) []opendata.Mending {
	if in.AreaCode == "" || code != said.Code {
		in.AreaCode = code
	}
	if strings.EqualFold(f.ID, id.String()) {
		f.ID = ""
	}
	if strings.HasSuffix(f.URL, facilityPage(id)) { // our own page, whatever it was reached by
		f.URL = ""
	}
	f.Address = cmp.Or(f.Address, f.Prefecture+f.City)
	f, said = oneLined(f), oneLined(said)
	for _, c := range []struct {
		place       *string
		value, said string
	}{
		{&in.Name, f.Name, said.Name}, {&in.Kana, f.Kana, said.Kana}, {&in.English, f.English, said.English},
		{&in.Alias, f.Alias, said.Alias}, {&in.POICode, f.POICode, said.POICode}, {&in.OutsideID, f.ID, said.ID},
		{&in.Address, f.Address, said.Address}, {&in.Building, f.Building, said.Building},
		{&in.Phone, f.Phone, said.Phone},
		{&in.PhoneExtension, f.Extension, said.Extension}, {&in.Email, f.Email, said.Email},
		{&in.PostalCode, f.PostalCode, said.PostalCode},
		{&in.CorporateNumber, f.CorporateNumber, said.CorporateNumber},
		{&in.OperatedBy, f.Operator, said.Operator}, {&in.HoursNote, f.HoursNote, said.HoursNote},
		{&in.Description, f.Description, said.Description}, {&in.BarrierNote, f.FactsNote, said.FactsNote},
		{&in.Website, f.URL, said.URL},
	} {
		if c.value != "" && c.value != c.said {
			*c.place = c.value
		}
	}
	if f.Latitude != nil &&
		!(said.Latitude != nil && *f.Latitude == *said.Latitude && *f.Longitude == *said.Longitude) {
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

// Codes of hours that were read and not put on a facility.
const (
	hoursKept    = "hours_kept"     // it has hours already, and they say more than one stretch a day
	hoursLeftOut = "hours_left_out" // they make no stretch of a day
)

// applyHours takes the list's one stretch a day only where no better is known.
func applyHours(in *venue.FacilityInput, f, said opendata.Facility) []opendata.Mending {
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
		return []opendata.Mending{{Column: "開始時間", Code: hoursKept}}
	}
	if err1 != nil || err2 != nil || !stretch.Valid() {
		return []opendata.Mending{{Column: "開始時間", Code: hoursLeftOut}}
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

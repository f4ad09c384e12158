package facilitylist

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

var prefecture = regexp.MustCompile(`^(東京都|北海道|京都府|大阪府|.{2,3}県)`)

// rowOf gives the row of a facility in our own list.
func rowOf(v venue.Facility, owner organization.Ref, words *i18n.Localizer, baseURL string) opendata.Facility {
	out := opendata.Facility{
		Code:            owner.Code,
		ID:              cmp.Or(v.OutsideID, v.ID.String()),
		Municipality:    owner.Name,
		Name:            v.Name,
		Kana:            v.Kana,
		English:         v.English,
		Alias:           v.Alias,
		POICode:         v.POICode,
		Address:         v.Address,
		Prefecture:      prefecture.FindString(v.Address),
		Building:        v.Building,
		Latitude:        v.Latitude,
		Longitude:       v.Longitude,
		Phone:           v.Phone,
		Extension:       v.PhoneExtension,
		Email:           v.Email,
		PostalCode:      v.PostalCode,
		CorporateNumber: v.CorporateNumber,
		Operator:        v.OperatedBy,
		HoursNote:       v.HoursNote,
		Description:     v.Description,
		Facts:           map[string]bool{},
		FactsNote:       v.BarrierNote,
		URL:             baseURL + facilityPage(v.ID),
	}
	if strings.Contains(v.Address, owner.Name) {
		out.City = owner.Name
	}
	for _, fact := range v.BarrierFree {
		out.Facts[string(fact)] = true
		if note := words.T("venue.fact."+string(fact), nil); !strings.Contains(out.FactsNote, note) {
			out.FactsNote = strings.TrimPrefix(out.FactsNote+"、"+note, "、")
		}
	}
	for _, fact := range v.Barriers {
		out.Facts[string(fact)] = false
	}
	putHours(&out, v.Hours, words)
	return out
}

// facilityPage is the path of a facility's page.
func facilityPage(id uuid.UUID) string { return "/facilities/" + id.String() }

// putHours tells the widest stretch and the days, and in words what a list has no columns for.
func putHours(out *opendata.Facility, k venue.Calendar, words *i18n.Localizer) {
	var widest venue.Hours
	for _, s := range k.Seasons {
		for d := time.Sunday; d <= time.Saturday; d++ {
			for _, h := range s.Week.On(d) {
				if widest == (venue.Hours{}) {
					widest = h
				}
				widest = venue.Hours{From: min(widest.From, h.From), To: max(widest.To, h.To)}
				if !slices.Contains(out.Weekdays, int(d)) {
					out.Weekdays = append(out.Weekdays, int(d))
				}
			}
		}
	}
	if widest.Valid() {
		out.Opens, out.Closes = widest.From.String(), widest.To.String()
	}
	for _, sentence := range k.Sentences(words) {
		if !strings.Contains(out.HoursNote, sentence) {
			out.HoursNote = strings.TrimSpace(out.HoursNote + "\n" + sentence)
		}
	}
}

package httpapi

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/opendata"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

const facilitySuffix = "_public_facility.csv"

// openData adds the files that towns link to from their own sites. They stand outside the contract: their form is the digital agency's.
func (f *face) openData(e *echo.Echo) {
	httpx.Get(e, "/opendata/:file", cached(f.facilityFile))
}

// facilityFile gives the open facilities of a municipality as 公共施設一覧.
func (f *face) facilityFile(c echo.Context) error {
	code, ok := strings.CutSuffix(c.Param("file"), facilitySuffix)
	if !ok || !organization.ValidCode(code) {
		return organization.ErrNotFound
	}
	edition, encoding := opendata.Current, opendata.UTF8
	for name, values := range c.QueryParams() {
		switch {
		case name == "edition" && slices.Equal(values, []string{"legacy"}):
			edition = opendata.Legacy
		case name == "encoding" && slices.Equal(values, []string{"cp932"}):
			encoding = opendata.CP932
		case name == "edition" && slices.Equal(values, []string{"current"}), name == "encoding" && slices.Equal(values, []string{"utf-8"}), name == "lang":
		default:
			return errQuery.Field(nameable(name), "unknown_value")
		}
	}
	list, err := f.facilitiesOf(c, code)
	if err != nil {
		return err
	}
	file, err := opendata.Write(list, edition, encoding)
	if err != nil {
		return err
	}
	charset := map[opendata.Encoding]string{opendata.UTF8: "utf-8", opendata.CP932: "Windows-31J"}[encoding]
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+code+facilitySuffix+`"`)
	return c.Blob(http.StatusOK, "text/csv; charset="+charset, file)
}

func (f *face) facilitiesOf(c echo.Context, code string) ([]opendata.Facility, error) {
	ctx := c.Request().Context()
	all, err := f.Organizations.List(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(o organization.Organization) bool { return o.Code == code })
	if i < 0 {
		return nil, organization.ErrNotFound
	}
	owner, words := all[i].Ref(), f.Messages.Localizer(i18n.Japanese)
	var list []opendata.Facility
	filter := venue.FacilityFilter{Organization: owner.Slug, Limit: venue.MaxLimit}
	for {
		page, err := f.Venues.Facilities(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Items {
			list = append(list, listed(v, owner, words, f.BaseURL))
		}
		if page.Next == [16]byte{} {
			return list, nil
		}
		filter.After = page.Next
	}
}

var prefecture = regexp.MustCompile(`^(東京都|北海道|京都府|大阪府|.{2,3}県)`)

func listed(v venue.Facility, owner organization.Ref, words *i18n.Localizer, baseURL string) opendata.Facility {
	out := opendata.Facility{
		Code: owner.Code, ID: or2(v.OutsideID, v.ID.String()), Municipality: owner.Name, Name: v.Name, Kana: v.Kana, English: v.English, Alias: v.Alias, POICode: v.POICode,
		Address: v.Address, Prefecture: prefecture.FindString(v.Address), Building: v.Building, Latitude: v.Latitude, Longitude: v.Longitude, Phone: v.Phone,
		Extension: v.PhoneExtension, Email: v.Email, PostalCode: v.PostalCode, CorporateNumber: v.CorporateNumber, Operator: v.OperatedBy, HoursNote: v.HoursNote,
		Description: v.Description, Facts: map[string]bool{}, FactsNote: v.BarrierNote, URL: baseURL + facilityPage(v.ID),
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
	hoursOf(&out, v.Hours, words)
	return out
}

func facilityPage(id uuid.UUID) string { return "/facilities/" + id.String() }

// hoursOf tells the widest stretch and the days, and in words what a list has no columns for.
func hoursOf(out *opendata.Facility, k venue.Calendar, words *i18n.Localizer) {
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

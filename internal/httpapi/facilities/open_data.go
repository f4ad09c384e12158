package facilities

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

const facilitySuffix = "_public_facility.csv"

// FacilityFile gives the open facilities of a municipality as 公共施設一覧.
func (h *Handlers) FacilityFile(c echo.Context) error {
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
		case name == "edition" && slices.Equal(values, []string{"current"}),
			name == "encoding" && slices.Equal(values, []string{"utf-8"}),
			name == "lang":
		default:
			return contract.ErrQuery.Field(contract.Nameable(name), "unknown_value")
		}
	}
	ctx := c.Request().Context()
	all, err := h.Organizations.List(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(o organization.Organization) bool { return o.Code == code })
	if i < 0 {
		return organization.ErrNotFound
	}
	file, err := h.Lists.Write(ctx, all[i].Ref(), edition, encoding)
	if err != nil {
		return err
	}
	charset := map[opendata.Encoding]string{opendata.UTF8: "utf-8", opendata.CP932: "Windows-31J"}[encoding]
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+code+facilitySuffix+`"`)
	return c.Blob(http.StatusOK, "text/csv; charset="+charset, file)
}

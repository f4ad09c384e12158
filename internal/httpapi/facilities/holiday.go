package facilities

import (
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func holiday(day venue.LocalHoliday) api.Holiday {
	return api.Holiday{Day: openapi_types.Date{Time: day.Day.Start()}, Name: day.Name, Observed: day.Observed}
}

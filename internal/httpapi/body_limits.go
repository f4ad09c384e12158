package httpapi

import (
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
)

// BodyLimits gives the greatest bodies by method and route, for httpx.Options, as the contract
// names them (x-body-limit); everything else has the usual limit.
func BodyLimits() (map[string]int64, error) {
	operations, err := contract.Operations()
	if err != nil {
		return nil, err
	}
	limits := map[string]int64{}
	for route, o := range operations {
		if o.Limit > 0 {
			limits[route] = o.Limit
		}
	}
	return limits, nil
}

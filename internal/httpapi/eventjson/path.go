package eventjson

import (
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
)

// StaffEventPath is where the staff of an organization find an event.
func StaffEventPath(slug string, id uuid.UUID) string {
	return contract.Base + "/organizations/" + slug + "/events/" + id.String()
}

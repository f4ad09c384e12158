package staff

import (
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Author is who changes something for an organization: a member, a member's program, or an operator
// at the command line.
type Author struct {
	Organization uuid.UUID
	Actor        postgres.Actor
}

// Author is the session's member or token as the author of changes for its organization.
func (s Session) Author() Author {
	return Author{Organization: s.Organization.ID, Actor: s.Actor()}
}

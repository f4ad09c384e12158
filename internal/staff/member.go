package staff

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Member is one person who works for one organization. Printed or logged it shows its id and role
// only.
type Member struct {
	ID             uuid.UUID
	OrganizationID uuid.UUID
	Email          string
	Name           string
	Role           Role
	Disabled       bool
}

// String hides name and address.
func (m Member) String() string { return "staff " + m.ID.String() + " " + string(m.Role) }

// Format hides name and address from every fmt verb.
func (m Member) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, m.String()) }

// LogValue hides name and address from slog.
func (m Member) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", m.ID.String()), slog.String("role", string(m.Role)))
}

// Token is what is known of an issued token; the text itself is not.
type Token struct {
	ID      uuid.UUID
	StaffID uuid.UUID
	Name    string
	// the member who issued it and, when that was done with a token, those behind that one; none:
	// the operator
	Issuers   []uuid.UUID
	ExpiresAt time.Time
	RevokedAt *time.Time
	CreatedAt time.Time
}

// Issued is a new token with its text, which is shown once.
type Issued struct {
	Token
	Secret secret.APIToken
}

// Session is who was recognised, for one request.
type Session struct {
	Organization organization.Ref
	Member       Member
	TokenID      uuid.UUID // zero for someone who logged in
}

// Actor is the member with the token, for transactions and their audit entries.
func (s Session) Actor() postgres.Actor {
	return postgres.Actor{Kind: "staff", ID: s.Member.ID, Token: s.TokenID}
}

// Require says whether the session may do this for the organization: ErrOrganizationForbidden when
// it belongs to another, ErrPermissionMissing when the member's role does not go so far.
func Require(s Session, slug string, p Permission) error {
	if s.Organization.ID == uuid.Nil || s.Organization.Slug != slug {
		return ErrOrganizationForbidden
	}
	if !s.Member.Role.May(p) {
		return ErrPermissionMissing
	}
	return nil
}

package staff

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What callers may hear; secret.ErrToken is the answer to text that is no token. Everything else is
// an internal error.
var (
	ErrTokenUnknown = fault.Unauthenticated(
		"token_unknown",
	) // never issued, revoked, or of no organization here
	ErrTokenExpired          = fault.Unauthenticated("token_expired")
	ErrDisabled              = fault.Unauthenticated("staff_disabled")
	ErrCredentials           = fault.Unauthenticated("credentials_unknown") // address or password: which, is not said
	ErrOrganizationForbidden = fault.Forbidden("organization_forbidden")
	ErrPermissionMissing     = fault.Forbidden("permission_missing")
	ErrNotFound              = fault.NotFound("staff_not_found")
	ErrTokenNotFound         = fault.NotFound("token_not_found")
	ErrInvalid               = fault.Invalid("staff_invalid") // names the fields
	ErrTokenInvalid          = fault.Invalid("token_invalid") // names the fields
	ErrEmailTaken            = fault.Conflict("staff_email_taken")
	ErrDisableSelf           = fault.Conflict("staff_disable_self")
)

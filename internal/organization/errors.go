package organization

import (
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// What callers may hear. Everything else is an internal error.
var (
	ErrNotFound            = fault.NotFound("organization_not_found")
	ErrPartnershipNotFound = fault.NotFound("partnership_not_found")
	ErrInvalid             = fault.Invalid("organization_invalid") // names the fields
	ErrPartnershipInvalid  = fault.Invalid("partnership_invalid")  // names the fields
	ErrSlugTaken           = fault.Conflict("organization_slug_taken")
	ErrCodeTaken           = fault.Conflict("municipality_code_taken")
	ErrNameFixed           = fault.Forbidden("organization_name_fixed")   // the operator renames
	ErrNameAlike           = fault.Conflict("organization_name_alike")    // another organization's name looks like it
	ErrNameReserved        = fault.Conflict("organization_name_reserved") // a public body's, which has a code
	ErrKindFixed           = fault.Conflict("organization_kind_fixed")
	ErrNotMunicipality     = fault.Forbidden("registrar_not_municipality")
	ErrClosed              = postgres.ErrOrganizationClosed           // it no longer takes part
	ErrHasPlans            = fault.Conflict("organization_has_plans") // says what stands in the way of closing
	ErrCodeInvalid         = fault.Invalid("municipality_code_invalid")
	ErrCodeAmbiguous       = fault.Invalid("municipality_code_ambiguous")
)

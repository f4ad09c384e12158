package venue

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What callers hear. The codes are part of the API.
var (
	ErrFacilityUnknown = fault.NotFound("facility_unknown")
	ErrRoomUnknown     = fault.NotFound("room_unknown")
	ErrClosureUnknown  = fault.NotFound("closure_unknown")
	ErrPhotoUnknown    = fault.NotFound("photo_unknown")
	ErrHolidayUnknown  = fault.NotFound("holiday_unknown")
	ErrInvalid         = fault.Invalid("venue_invalid")        // names the fields
	ErrFilter          = fault.Invalid("venue_filter_unknown") // names what does not exist
	ErrNameTaken       = fault.Conflict("venue_name_taken")    // another room or space of the facility has it
	ErrOutsideTaken    = fault.Conflict(
		"facility_id_taken",
	) // another facility of the organization has this identifier
	ErrSpaceUsed     = fault.Conflict("space_in_use")         // a room is made of it
	ErrStatus        = fault.Conflict("venue_status")         // not in a state for this
	ErrInUse         = fault.Conflict("venue_in_use")         // something stands on it: close it instead
	ErrFacilityDraft = fault.Conflict("facility_draft")       // a room opens after its facility
	ErrPhotos        = fault.Conflict("photos_too_many")      // param max
	ErrPhoto         = fault.Invalid("photo_invalid")         // not a picture we can read
	ErrPhotoSize     = fault.Invalid("photo_too_many_pixels") // param max, in millions
	ErrPhotoHeavy    = fault.Invalid(
		"photo_too_heavy",
	) // too much work or memory to unpack, though small as a file
	ErrPhotosBusy = fault.Unavailable("photos_busy") // others' pictures are still being drawn
)

package check

import "strconv"

// TextCode names a rule that a text breaks, as most concepts do: hidden_characters, required, or
// too_long with the param max.
func TextCode(b Broken) (code string, params []any) {
	switch b.Tag {
	case "line", "paragraphs":
		return "hidden_characters", nil
	case "filled":
		return "required", nil
	}
	most, _ := strconv.Atoi(b.Param) // a tag with another param would be found by the first test
	return "too_long", []any{"max", most}
}

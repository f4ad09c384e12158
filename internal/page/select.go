package page

import (
	"slices"
)

// Chosen puts "no condition" first and marks what was asked.
func Chosen(none string, options []Option, value string) []Option {
	all := append([]Option{{Label: none}}, options...)
	at := max(0, slices.IndexFunc(all, func(o Option) bool { return o.Value == value }))
	all[at].Selected = true
	return all
}

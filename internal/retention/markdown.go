package retention

import (
	_ "embed"
	"strings"
)

//go:embed head.md
var head string

// Markdown is docs/retention.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString(
		strings.NewReplacer(
			"{{.AfterDate}}",
			length(AfterDate),
			"{{.AfterPutOffDate}}",
			length(AfterPutOffDate),
		).Replace(
			head,
		),
	)
	for _, r := range Table() {
		job := "–"
		if r.Job != "" {
			job = "`" + r.Job + "`"
		}
		why := r.Why
		if why == "" {
			why = "–"
		}
		names := "`" + r.Table + "." + strings.Join(r.Each(), "` `") + "`"
		b.WriteString(
			"| " + strings.Join([]string{names, r.Whose.String(), r.What, why, r.Until.String(), job}, " | ") + " |\n",
		)
	}
	return b.String()
}

//go:build unix

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// printTable writes what was measured and gives how much is below what is wanted.
func printTable(out io.Writer, lines []line, memory float64) int {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tbare limit\tours\tratio\tbest\twanted\tp50\tp99\t")
	var below []string
	for _, l := range lines {
		fmt.Fprintf(
			w,
			"%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			l.name,
			figure(l.bare, l.unit),
			figure(l.ours, l.unit),
			l.share(l.ratio),
			l.share(l.best),
			l.want(),
			span(l.p50),
			span(l.p99),
			l.note,
		)
		if l.below() {
			below = append(below, l.name)
		}
	}
	_ = w.Flush()
	if memory > 0 {
		fmt.Fprintf(out, "memory of the server under load: %.0f MiB (wanted: below %d)\n", memory, maxMemory)
		if memory >= maxMemory {
			below = append(below, "memory")
		}
	}
	if len(below) > 0 {
		fmt.Fprintln(out, "below what is wanted:", strings.Join(below, "; "))
	} else {
		fmt.Fprintln(out, "nothing is below what is wanted")
	}
	return len(below)
}

func (l line) share(ratio float64) string {
	switch {
	case ratio == 0:
		return "–"
	case l.times:
		return fmt.Sprintf("%.1f ×", ratio)
	}
	return fmt.Sprintf("%.0f %%", ratio*100)
}

func (l line) want() string {
	var all []string
	if l.wanted > 0 {
		all = append(all, "≥ "+l.share(l.wanted))
	}
	if l.atMost > 0 {
		all = append(all, "p99 ≤ "+span(l.atMost))
	}
	if len(all) == 0 {
		return "–"
	}
	return strings.Join(all, ", ")
}

func figure(n float64, unit string) string {
	switch {
	case n == 0:
		return "–"
	case unit == "ms":
		return fmt.Sprintf("%.2f ms", n)
	}
	return fmt.Sprintf("%.0f %s", n, unit)
}

func span(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f ms", milliseconds(d))
}

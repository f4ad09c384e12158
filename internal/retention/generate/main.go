// Command generate writes docs/retention.md to the file it is given.
package main

import (
	"fmt"
	"os"

	"github.com/tonarimachi/tonarimachi/internal/retention"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FILE")
		os.Exit(2)
	}
	//nolint:gosec // a page of documentation, for everybody to read
	if err := os.WriteFile(os.Args[1], []byte(retention.Markdown()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Package web embeds what people see: the words of the program, its page
// templates and its assets. It imports nothing of the program.
package web

import (
	"embed"
	"io/fs"
)

//go:embed messages
var messages embed.FS

//go:embed templates
var templates embed.FS

//go:embed static
var static embed.FS

// Messages holds the message files, <topic>.<language>.yaml, at its root.
var Messages = sub(messages, "messages")

// Templates holds the page templates: layout.html, partials/ and one folder
// for each part of the program that has pages (site/ for residents).
var Templates = sub(templates, "templates")

// Static holds the files served under /static/, third parties' at their exact
// versions under vendor/.
var Static = sub(static, "static")

func sub(fsys embed.FS, dir string) fs.FS {
	s, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(err) // only for names that are no path
	}
	return s
}

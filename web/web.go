// Package web embeds what people see: the words of the program, its page
// templates and its assets. It imports nothing of the program.
package web

import (
	"embed"
	"io/fs"
)

//go:embed messages
var messages embed.FS

// Messages holds the message files, <topic>.<language>.yaml, at its root.
var Messages = sub(messages, "messages")

func sub(fsys embed.FS, dir string) fs.FS {
	s, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(err) // only for names that are no path
	}
	return s
}

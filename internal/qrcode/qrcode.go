package qrcode

import (
	"errors"
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quietZone is the margin a reader needs, in modules (ISO/IEC 18004 section 5.3.8).
const quietZone = 4

// Code is a two-dimensional code as an SVG path: one rectangle for each run of dark modules, in a
// square of Size modules with its margin.
type Code struct {
	Size int
	Path string
}

// Draw gives the code of a text, which withstands the loss of 15 % of its area (level M). It fails
// for more than some two thousand characters.
func Draw(content string) (Code, error) {
	code, err := qr.Encode(content, qr.M)
	if err != nil {
		return Code{}, errors.New("draw code: it does not fit") // the cause might quote it
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; {
			run := 0
			for code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, run, run)
			}
			x += run + 1
		}
	}
	return Code{Size: code.Size + 2*quietZone, Path: path.String()}, nil
}

// SVG is the code as an image of its own: black on white, ten units a module.
func (c Code) SVG() string {
	return fmt.Sprintf(
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" `+
			`shape-rendering="crispEdges">`+
			`<rect width="100%%" height="100%%" fill="#fff"/><path fill="#000" d="%s"/></svg>`,
		c.Size,
		c.Size,
		c.Size*10,
		c.Size*10,
		c.Path,
	)
}

package flyer

import (
	"bytes"
	_ "embed" // the template
	"fmt"
	"html/template"
)

//go:embed sheet.html
var sheetText string

var sheetTemplate = template.Must(template.New("sheet").Option("missingkey=error").Parse(sheetText))

// Sheet is a sheet of codes to be cut into strips.
type Sheet struct {
	Title, When, Place string
	Seats              string // of each: 2人
	Until              string // when codes end
	Address            string // where they are typed, without https://
	Strips             []Strip
}

// Strip is one code; Path is its address drawn as a two-dimensional code in a square of Size
// modules.
type Strip struct {
	Code string
	Size int
	Path string
}

// HTML renders the sheet.
func (s Sheet) HTML() ([]byte, error) {
	var page bytes.Buffer
	if err := sheetTemplate.Execute(&page, s); err != nil {
		return nil, fmt.Errorf("render sheet: %w", err)
	}
	return page.Bytes(), nil
}

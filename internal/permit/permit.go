package permit

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/signintech/gopdf"
)

//go:embed font/MPLUS1p_400Regular.ttf
var font []byte

// Permit is what stands on the paper.
type Permit struct {
	Number   string
	Issued   time.Time // by the clock of the reader's zone
	Borrower string    // 宛名
	Lender   string    // who permits
	Rows     []Row
	// Conditions are paragraphs below the table, "" for none.
	Conditions string
}

// Row is one line of the table.
type Row struct{ Label, Value string }

const (
	family            = "mplus"
	left, right       = 56.0, 539.0 // of A4, in points
	labelWidth, inner = 120.0, 10.0
	size, lineHeight  = 11.0, 17.0
	bottom            = 780.0
)

// parse checks the font once; documents are made one at a time, because the library shares what it
// reads of a font.
var mu sync.Mutex

// Render draws the permit. It fails only when the font can't be read.
func Render(p Permit) ([]byte, error) {
	mu.Lock()
	defer mu.Unlock()
	d := &drawing{pdf: &gopdf.GoPdf{}}
	d.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	d.pdf.SetInfo(
		gopdf.PdfInfo{Title: "使用許可書 " + p.Number, Author: p.Lender, Producer: "Tonarimachi", CreationDate: p.Issued},
	)
	if err := d.pdf.AddTTFFontData(family, font); err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	d.pdf.AddPage()
	d.right(60, 10, "許可番号 "+p.Number)
	d.right(76, 10, p.Issued.Format("2006年1月2日"))
	d.centre(120, 22, "使 用 許 可 書")
	d.text(left, 175, 14, p.Borrower+" 様")
	d.right(205, 12, p.Lender)
	d.text(left, 240, size, "次のとおり、施設の使用を許可します。")
	d.y = 266
	for _, r := range p.Rows {
		d.row(r)
	}
	if p.Conditions != "" {
		d.paragraphs("許可の条件", p.Conditions)
	}
	if d.err != nil {
		return nil, fmt.Errorf("draw permit: %w", d.err)
	}
	var b bytes.Buffer
	if _, err := d.pdf.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write permit: %w", err)
	}
	return b.Bytes(), nil
}

// drawing keeps the first thing that went wrong.
type drawing struct {
	pdf *gopdf.GoPdf
	y   float64
	err error
}

func (d *drawing) do(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *drawing) text(x, y, points float64, s string) {
	d.do(d.pdf.SetFont(family, "", points))
	d.pdf.SetXY(x, y)
	d.do(d.pdf.Cell(nil, s))
}

func (d *drawing) width(points float64, s string) float64 {
	d.do(d.pdf.SetFont(family, "", points))
	w, err := d.pdf.MeasureTextWidth(s)
	d.do(err)
	return w
}

func (d *drawing) right(y, points float64, s string) { d.text(right-d.width(points, s), y, points, s) }

func (d *drawing) centre(y, points float64, s string) {
	d.text((left+right-d.width(points, s))/2, y, points, s)
}

// wrap breaks a text into lines of a width; Japanese breaks anywhere.
func (d *drawing) wrap(s string, width float64) []string {
	var lines []string
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, r := range paragraph {
			if line != "" && d.width(size, line+string(r)) > width {
				lines, line = append(lines, line), ""
			}
			line += string(r)
		}
		lines = append(lines, line)
	}
	return lines
}

func (d *drawing) room(height float64) {
	if d.y+height > bottom {
		d.pdf.AddPage()
		d.y = 60
	}
}

func (d *drawing) row(r Row) {
	lines := d.wrap(r.Value, right-left-labelWidth-2*inner)
	height := float64(len(lines))*lineHeight + 10
	d.room(height)
	d.pdf.SetLineWidth(0.5)
	d.pdf.RectFromUpperLeftWithStyle(left, d.y, right-left, height, "D")
	d.pdf.Line(left+labelWidth, d.y, left+labelWidth, d.y+height)
	d.text(left+inner, d.y+7, size, r.Label)
	for i, l := range lines {
		d.text(left+labelWidth+inner, d.y+7+float64(i)*lineHeight, size, l)
	}
	d.y += height
}

func (d *drawing) paragraphs(heading, body string) {
	d.y += 24
	d.room(2 * lineHeight)
	d.text(left, d.y, size, heading)
	d.y += lineHeight + 4
	for _, l := range d.wrap(body, right-left) {
		d.room(lineHeight)
		d.text(left, d.y, size, l)
		d.y += lineHeight
	}
}

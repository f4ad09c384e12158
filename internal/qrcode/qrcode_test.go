package qrcode

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"rsc.io/qr"
)

// The path covers exactly the dark modules, inside its margin.
func TestDraw(t *testing.T) {
	t.Parallel()
	for _, content := range []string{
		"012345",
		"https://tonarimachi.example/t#7BEBM6F474KRN78C7XN5T5G7MC",
		strings.Repeat("あ", 300),
	} {
		drawn, err := Draw(content)
		if err != nil {
			t.Fatal(err)
		}
		code, err := qr.Encode(content, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		if drawn.Size != code.Size+8 {
			t.Errorf("%d modules for %d", drawn.Size, code.Size)
		}
		dark := map[[2]int]bool{}
		for run := range strings.SplitSeq(strings.TrimSuffix(drawn.Path, "z"), "z") {
			var x, y, width, back int
			if n, err := fmt.Sscanf(
				run,
				"M%d %dh%dv1h-%d",
				&x,
				&y,
				&width,
				&back,
			); n != 4 || err != nil ||
				width != back {
				t.Fatalf("run %q: %v", run, err)
			}
			for i := range width {
				dark[[2]int{x + i - 4, y - 4}] = true
			}
		}
		for y := range code.Size {
			for x := range code.Size {
				if code.Black(x, y) != dark[[2]int{x, y}] {
					t.Fatalf("module %d %d is %v", x, y, dark[[2]int{x, y}])
				}
				delete(dark, [2]int{x, y})
			}
		}
		if len(dark) > 0 {
			t.Errorf("%d modules outside", len(dark))
		}
	}
}

func TestSVGIsAnImage(t *testing.T) {
	t.Parallel()
	drawn, err := Draw("012345")
	if err != nil {
		t.Fatal(err)
	}
	var image struct {
		XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
		ViewBox string   `xml:"viewBox,attr"`
		Path    struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(
		[]byte(drawn.SVG()),
		&image,
	); err != nil || image.ViewBox != "0 0 29 29" ||
		image.Path.D != drawn.Path {
		t.Errorf("%v %+v", err, image)
	}
}

func TestDrawTellsNothing(t *testing.T) {
	t.Parallel()
	_, err := Draw(strings.Repeat("secret", 1000))
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("too much: %v", err)
	}
}

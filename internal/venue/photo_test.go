package venue

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// dots is a JPEG whose left half is red and whose right half is blue.
func dots(t testing.TB, width, height int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			m.SetRGBA(x, y, color.RGBA{R: 220, A: 255})
			if x >= width/2 {
				m.SetRGBA(x, y, color.RGBA{B: 220, A: 255})
			}
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const camera = "Kamera X100 35.7261N 139.7167E 2026:11:03 14:05:09"

// withExif puts an Exif segment behind SOI, as cameras do: orientation, a GPS directory and the
// camera's words.
func withExif(file []byte, turn uint16) []byte {
	var t bytes.Buffer
	w := func(v any) { _ = binary.Write(&t, binary.BigEndian, v) }
	t.WriteString("MM")
	w(uint16(42))
	w(uint32(8))
	w(uint16(3))
	for _, e := range []struct {
		tag, kind uint16
		count     uint32
		value     uint32
	}{{0x010F, 2, uint32(len(camera)), 50}, {0x0112, 3, 1, uint32(turn) << 16},
		{0x8825, 4, 1, 50 + uint32(len(camera))}} {
		w(e.tag)
		w(e.kind)
		w(e.count)
		w(e.value)
	}
	w(uint32(0))
	t.WriteString(camera)
	w(uint16(1)) // GPSLatitudeRef
	w(uint16(1))
	w(uint16(2))
	w(uint32(2))
	t.WriteString("N\x00\x00\x00")
	w(uint32(0))
	segment := append([]byte("Exif\x00\x00"), t.Bytes()...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	out = append(out, segment...)
	comment := "撮影者: 山田"
	out = append(out, 0xFF, 0xFE)
	out = binary.BigEndian.AppendUint16(out, uint16(len(comment)+2))
	out = append(out, comment...)
	return append(out, file[2:]...)
}

func TestPicturesTellNothingOfTheCamera(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f := k.building()
	file := withExif(dots(t, 1200, 600), 6)
	if !bytes.Contains(file, []byte("Exif")) || orientation(file) != 6 {
		t.Fatal("the test's own file has no Exif")
	}
	p, err := k.service.AddPhoto(t.Context(), k.kita, f.ID, PhotoInput{Alt: "正面の入口", Credit: "区の写真"}, file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]int{
		"small":  {240, 480},
		"medium": {480, 960},
		"large":  {600, 1200},
	} // upright, never larger than it came
	for _, i := range p.Images {
		body, err := k.service.Picture(t.Context(), i.Address)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{
			"Exif",
			"Kamera",
			"139.71",
			"2026:11:03",
			"山田",
			"N\x00\x00\x00",
			"JFIF\x00\x01\x02",
		} {
			if bytes.Contains(body, []byte(word)) {
				t.Errorf("%s still has %q", i.Size, word)
			}
		}
		for at := 2; body[at] == 0xFF && body[at+1] != 0xDA; at += 2 + int(binary.BigEndian.Uint16(body[at+2:])) {
			if marker := body[at+1]; marker == 0xE1 || marker == 0xFE {
				t.Errorf("%s has a segment %x", i.Size, marker)
			}
		}
		m, err := jpeg.Decode(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if size := [2]int{m.Bounds().Dx(), m.Bounds().Dy()}; size != want[i.Size] || size != [2]int{i.Width, i.Height} {
			t.Errorf("%s is %v, told %d × %d, want %v", i.Size, size, i.Width, i.Height, want[i.Size])
		}
		// Turned by a quarter: what was left is on top.
		if r, _, b, _ := m.At(m.Bounds().Dx()/2, 3).RGBA(); r < b {
			t.Errorf("%s is not upright", i.Size)
		}
	}
	for name, address := range map[string]string{
		"unknown":     "ab" + p.Images[0].Address[2:],
		"no checksum": "x",
		"short":       p.Images[0].Address[:10],
	} {
		if _, err := k.service.Picture(t.Context(), address); fault.CodeOf(err) != "photo_unknown" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The picture of what is no longer shown is not, either.
	k.exec("update facility set status = 'draft' where id = $1", f.ID)
	if _, err := k.service.Picture(t.Context(), p.Images[0].Address); fault.CodeOf(err) != "photo_unknown" {
		t.Errorf("a draft's picture: %v", err)
	}
}

func TestPicturesAreBounded(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f := k.building()
	var plain bytes.Buffer
	if err := png.Encode(&plain, image.NewNRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	// A PNG that says it is 60,000 dots wide and high, in 33 bytes: it must be refused before it is
	// unpacked.
	bomb := bytes.Clone(plain.Bytes())
	binary.BigEndian.PutUint32(bomb[16:], 60000)
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, c := range map[string]struct {
		alt  string
		file []byte
		code string
	}{
		"no words": {"", plain.Bytes(), "venue_invalid"}, "a bomb": {"x", bomb, "photo_too_many_pixels"},
		"text":           {"x", []byte("<svg onload=alert(1)>"), "photo_invalid"},
		"half a picture": {"x", dots(t, 100, 100)[:300], "photo_invalid"}, "nothing": {"x", nil, "photo_invalid"},
		"13 MB": {"x", make([]byte, 13<<20), "photo_invalid"},
	} {
		if _, err := k.service.AddPhoto(
			t.Context(),
			k.kita,
			f.ID,
			PhotoInput{Alt: c.alt},
			c.file,
		); fault.CodeOf(
			err,
		) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	for range maxPhotos {
		if _, err := k.service.AddPhoto(t.Context(), k.kita, f.ID, PhotoInput{Alt: "x"}, plain.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	_, err := k.service.AddPhoto(t.Context(), k.kita, f.ID, PhotoInput{Alt: "x"}, plain.Bytes())
	k.want("one too many", err, ErrPhotos)
	if n := k.number("select count(*) from photo_image"); n != 3*maxPhotos {
		t.Errorf("%d images", n)
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add(withExif(dots(f, 8, 8), 8))
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, 20})
	f.Fuzz(func(_ *testing.T, file []byte) {
		orientation(file)
		tiffOrientation(file)
	})
}

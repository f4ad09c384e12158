package venue

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // one of the forms that are read

	"github.com/google/uuid"
	scale "golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // one of the forms that are read
)

// Bounds of an uploaded picture. A file says its size before it is unpacked: one that unpacks to
// more is refused unread.
const (
	MaxPhotoBytes = 12 << 20
	maxPixels     = 30_000_000
	maxSide       = 16_000
)

// PhotoInput says what stands beside a picture.
type PhotoInput struct {
	Room     *uuid.UUID // nil: of the facility itself
	Alt      string     // what it shows, for those who don't see it; required
	Credit   string
	License  string
	Position int
}

// Photo is a picture with its sizes, small to large.
type Photo struct {
	ID uuid.UUID
	PhotoInput
	Images []Image
}

// Image is one size of a picture; Address is its checksum in hex, so whatever has it can be kept
// for ever.
type Image struct {
	Size          string // small, medium, large
	Width, Height int
	Address       string
}

// sizes are the longest sides.
var sizes = []struct {
	name string
	side int
}{{"small", 480}, {"medium", 960}, {"large", 1920}}

type rendered struct {
	size          string
	width, height int
	body          []byte
}

// makeImages decodes a picture that was weighed and draws it anew in all sizes, upright. Nothing of
// the file but its dots is left: no place, time, device or comment. ErrPhoto for what is no JPEG,
// PNG or WebP; the error of ctx, when it ends before.
func makeImages(ctx context.Context, file []byte) ([]rendered, error) {
	picture, kind, err := image.Decode(wanted{ctx, bytes.NewReader(file)})
	if err != nil {
		return nil, ErrPhoto.Because(err)
	}
	turn := 1
	if kind == "jpeg" {
		turn = orientation(file)
	}
	var all []rendered
	for _, s := range sizes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		small := upright(shrink(picture, s.side), turn)
		var out bytes.Buffer
		if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 82}); err != nil {
			return nil, ErrPhoto.Because(err)
		}
		all = append(
			all,
			rendered{size: s.name, width: small.Bounds().Dx(), height: small.Bounds().Dy(), body: out.Bytes()},
		)
	}
	return all, nil
}

// shrink draws the picture with its longer side at most so long, on white where it is transparent.
func shrink(picture image.Image, side int) *image.RGBA {
	b := picture.Bounds()
	width, height := b.Dx(), b.Dy()
	if long := max(width, height); long > side {
		width, height = max(1, width*side/long), max(1, height*side/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	scale.ApproxBiLinear.Scale(out, out.Bounds(), picture, b, scale.Over, nil)
	return out
}

// upright applies the orientation of Exif (TIFF tag 0x0112), which is stripped with all the rest.
func upright(in *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return in
	}
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			u, v := x, y
			switch turn {
			case 2:
				u = w - 1 - x
			case 3:
				u, v = w-1-x, h-1-y
			case 4:
				v = h - 1 - y
			case 5:
				u, v = y, x
			case 6:
				u, v = h-1-y, x
			case 7:
				u, v = h-1-y, w-1-x
			case 8:
				u, v = y, w-1-x
			}
			out.SetRGBA(u, v, in.RGBAAt(x, y))
		}
	}
	return out
}

// orientation finds the Exif orientation of a JPEG file, 1 when it has none that can be read.
func orientation(file []byte) int {
	for at := 2; at+4 <= len(file) && file[at] == 0xFF; {
		marker, length := file[at+1], int(binary.BigEndian.Uint16(file[at+2:]))
		if marker == 0xDA || length < 2 || at+2+length > len(file) {
			break
		}
		segment := file[at+4 : at+2+length]
		if exif, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && marker == 0xE1 {
			return tiffOrientation(exif)
		}
		at += 2 + length
	}
	return 1
}

func tiffOrientation(t []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if len(t) < 8 {
		return 1
	}
	if t[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(t[4:]))
	if at+2 > uint64(len(t)) {
		return 1
	}
	count := uint64(order.Uint16(t[at:]))
	for i := range count {
		entry := at + 2 + 12*i
		if entry+12 > uint64(len(t)) {
			break
		}
		if order.Uint16(t[entry:]) == 0x0112 {
			return int(order.Uint16(t[entry+8:]))
		}
	}
	return 1
}

// addressOf writes a checksum as it stands in addresses.
func addressOf(checksum []byte) string { return hex.EncodeToString(checksum) }

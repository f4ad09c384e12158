package venue

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
	"time"

	"golang.org/x/sync/semaphore"
)

// What unpacking pictures may take. A small file can say that it unpacks to a great deal, or that
// it is to be gone over hundreds of times; all of that is read off the file before it is unpacked.
const (
	pictureBytes = 192 << 20 // memory that one picture unpacks to
	// memory that all take at once; none counts as less than half, so at most two are unpacked
	picturesBytes = 256 << 20
	maxScans      = 32          // of a JPEG; honest files have 10 or so
	maxScanMarks  = 100         // wherever they stand in a JPEG, previews and broken places included
	scannedPixels = 300_000_000 // pixels times scans of a JPEG
	// of a WebP with a lossless part, whose code tables can take 200 times their place in the file
	losslessBytes  = 1 << 20
	pictureTime    = 10 * time.Second
	pictureWait    = 5 * time.Second // for those before
	pictureAtATime = 512             // bytes of the file, between looks at whether the work is still wanted
)

// easel lets few pictures be unpacked at once.
type easel struct {
	room *semaphore.Weighted
	wait time.Duration // how long one waits for its turn
	time time.Duration // how long one may take
}

func newEasel() *easel {
	return &easel{room: semaphore.NewWeighted(picturesBytes), wait: pictureWait, time: pictureTime}
}

// draw makes the sizes of a picture when its turn comes; it ends when ctx does. ErrPhoto,
// ErrPhotoSize, ErrPhotoHeavy, ErrPhotosBusy.
func (e *easel) draw(ctx context.Context, file []byte) ([]rendered, error) {
	need, err := weigh(file)
	if err != nil {
		return nil, err
	}
	need = max(need, picturesBytes/2)
	turn, cancel := context.WithTimeout(ctx, e.wait)
	defer cancel()
	if err := e.room.Acquire(turn, need); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, ErrPhotosBusy
	}
	defer e.room.Release(need)
	work, done := context.WithTimeout(ctx, e.time)
	defer done()
	images, err := makeImages(work, file)
	switch {
	case err == nil:
		return images, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case work.Err() != nil:
		return nil, ErrPhotoHeavy.Because(errors.Join(err, work.Err()))
	}
	return nil, err
}

// weigh tells how much memory a picture unpacks to, without unpacking it, and refuses what is
// beyond all bounds.
func weigh(file []byte) (int64, error) {
	if len(file) > MaxPhotoBytes {
		return 0, ErrPhoto
	}
	head, kind, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return 0, ErrPhoto.Because(err)
	}
	if head.Width < 1 || head.Height < 1 || head.Width > maxSide || head.Height > maxSide ||
		head.Width*head.Height > maxPixels {
		return 0, ErrPhotoSize.With("max", maxPixels/1_000_000)
	}
	pixels, need := int64(head.Width)*int64(head.Height), int64(0)
	switch kind {
	case "jpeg":
		frame := readFrame(file)
		if frame.scans > maxScans || bytes.Count(file, []byte{0xFF, markerScan}) > maxScanMarks ||
			pixels*int64(frame.scans) > scannedPixels {
			return 0, ErrPhotoHeavy
		}
		need = pixels * frame.samples / frame.unit
		if frame.progressive {
			need *= 5 // each sample's coefficient stays in 4 bytes until the end
		}
	case "png":
		need = pixels * pixelBytes(head.ColorModel)
		if len(file) > interlaceAt && file[interlaceAt] != 0 { // each pass is an image of its own
			need *= 2
		}
	default: // WebP
		need = pixels * 6 // YCbCr with alpha, and what alpha was unpacked from
		if len(file) > losslessBytes && (bytes.Contains(file, []byte("VP8L")) || bytes.Contains(file, []byte("ALPH"))) {
			return 0, ErrPhotoHeavy
		}
	}
	if need > pictureBytes {
		return 0, ErrPhotoHeavy
	}
	return need, nil
}

func pixelBytes(m color.Model) int64 {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBAModel, color.NRGBAModel:
		return 4
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	return 4 // a palette has 1, but may gain transparency
}

const (
	markerScan  = 0xDA
	markerEnd   = 0xD9
	interlaceAt = 28 // of a PNG (section 11.2.2)
)

// frame is what a JPEG says of itself (ITU-T T.81, annex B).
type frame struct {
	progressive   bool
	scans         int
	samples, unit int64 // samples for each unit pixels
}

// readFrame goes over the segments of a JPEG. What is broken is left to the decoder.
func readFrame(file []byte) frame {
	f := frame{samples: 4, unit: 1}
	for at := 0; at+1 < len(file); {
		marker := file[at+1]
		if file[at] != 0xFF || marker == 0 || marker == 0xFF || marker == 0x01 || marker >= 0xD0 && marker <= 0xD8 {
			at++ // pictures' own data, fill bytes and marks without a length
			continue
		}
		if marker == markerEnd || at+4 > len(file) {
			break
		}
		length := int(binary.BigEndian.Uint16(file[at+2:]))
		if length < 2 || at+2+length > len(file) {
			break
		}
		switch marker {
		case markerScan:
			f.scans++
		case 0xC0, 0xC1, 0xC2:
			f.progressive = marker == 0xC2
			f.samples, f.unit = sampling(file[at+4 : at+2+length])
		}
		at += 2 + length
	}
	return f
}

// sampling tells how many samples a frame has for so many pixels.
func sampling(header []byte) (samples, unit int64) {
	if len(header) < 6 || len(header) < 6+3*int(header[5]) {
		return 4, 1
	}
	var across, down int64 = 1, 1
	for i := range int(header[5]) {
		factors := header[6+3*i+1]
		h, v := int64(factors>>4), int64(factors&15)
		samples += h * v
		across, down = max(across, h), max(down, v)
	}
	return max(samples, 1), across * down
}

// wanted reads a file for as long as ctx lasts, little by little, so that a decoder which reads it
// ends with ctx.
type wanted struct {
	ctx context.Context // the reader is for this work alone
	r   io.Reader
}

// Read gives at most pictureAtATime bytes, or the error of a context that is over.
func (w wanted) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p[:min(len(p), pictureAtATime)])
}

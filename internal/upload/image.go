package upload

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
)

const (
	// longSide is how many pixels a viewing copy has along its longer side, at
	// most: a sheet of A4 at 220 dots an inch.
	longSide = 2600
	quality  = 85 // of JPEG: text on a stamp stays legible
)

// takeImage makes the viewing copy of a JPEG or PNG.
func takeImage(data []byte, r *Result) error {
	end, orientation, whole := 0, 1, false
	if r.Type == JPEG {
		end, orientation, whole = jpegEnd(data)
	} else {
		end, whole = pngEnd(data)
	}
	switch {
	case !whole:
		return refuse("truncated")
	case end != len(data):
		return refuse("trailing")
	}
	picture, err := decode(data, r.Type)
	if err != nil {
		return err
	}
	out := turned(picture, orientation)
	var b bytes.Buffer
	if r.Type == JPEG {
		err = jpeg.Encode(&b, out, &jpeg.Options{Quality: quality})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, out)
	}
	if err != nil {
		return fmt.Errorf("encode a picture: %w", err)
	}
	r.Pages, r.View, r.Images = 1, Made, []Image{{Type: r.Type, Bytes: b.Bytes()}}
	return nil
}

// decode looks at the size that the picture says it has before it makes room for
// that.
func decode(data []byte, kind Type) (image.Image, error) {
	read, size := jpeg.Decode, jpeg.DecodeConfig
	if kind == PNG {
		read, size = png.Decode, png.DecodeConfig
	}
	conf, err := size(bytes.NewReader(data))
	if err != nil || conf.Width < 1 || conf.Height < 1 {
		return nil, refuse("damaged")
	}
	if int64(conf.Width)*int64(conf.Height) > MaxPixels {
		return nil, refuseWith("pixels", map[string]any{"Max": MaxPixels / 1_000_000})
	}
	picture, err := read(bytes.NewReader(data))
	if err != nil {
		return nil, refuse("damaged")
	}
	return picture, nil
}

// turned returns the picture on white, upright, and no larger than longSide: what
// was transparent hides nothing, and what stood beside the pixels is gone.
func turned(from image.Image, orientation int) *image.RGBA {
	b := from.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), from, b.Min, draw.Over)
	block := (max(b.Dx(), b.Dy()) + longSide - 1) / longSide
	w, h := (b.Dx()+block-1)/block, (b.Dy()+block-1)/block
	if block == 1 && orientation == 1 {
		return flat
	}
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := moved(x, y, w, h, orientation)
			copy(out.Pix[out.PixOffset(tx, ty):], average(flat, x*block, y*block, block))
		}
	}
	return out
}

// moved says where a pixel comes to lie (EXIF 2.32, 4.6.4 A).
func moved(x, y, w, h, orientation int) (tx, ty int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// average is the mean colour of a block, which may reach over the edge.
func average(from *image.RGBA, x, y, block int) []byte {
	if block == 1 {
		at := from.PixOffset(x, y)
		return from.Pix[at : at+4]
	}
	var sum [4]int
	n := 0
	for yy := y; yy < min(y+block, from.Rect.Dy()); yy++ {
		at := from.PixOffset(x, yy)
		for range min(block, from.Rect.Dx()-x) {
			for i := range sum {
				sum[i] += int(from.Pix[at+i])
			}
			at, n = at+4, n+1
		}
	}
	return []byte{byte(sum[0] / n), byte(sum[1] / n), byte(sum[2] / n), byte(sum[3] / n)}
}

package web

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// Picture is a two-dimensional code as the path of an SVG drawing: Side modules
// wide, without the quiet zone around it.
type Picture struct {
	Side int
	Path string
}

// Frame is the width of the drawing with four modules of quiet around it.
func (p Picture) Frame() int { return p.Side + 8 }

// Draw makes a QR code (ISO/IEC 18004) of a text, readable with 15 % of it damaged.
func Draw(text string) (Picture, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Picture{}, fmt.Errorf("draw code: %w", err)
	}
	side := code.Bounds().Dx()
	var path strings.Builder
	for y := range side {
		for x := range side {
			if red, _, _, _ := code.At(x, y).RGBA(); red == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return Picture{Side: side, Path: path.String()}, nil
}

package draw

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// SVG writes the picture as an element with a title and a description for those who
// do not see it. All text is escaped.
func (p *Picture) SVG(title, description string) string {
	var b strings.Builder
	n := func(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64) }
	colour := func(c Colour) string { return fmt.Sprintf("#%06x", uint32(c)) }
	points := func(list []Point) string {
		parts := make([]string, len(list))
		for i, q := range list {
			parts[i] = n(q.X) + "," + n(q.Y)
		}
		return strings.Join(parts, " ")
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %s %s" width="%smm" height="%smm" font-family="'Liberation Sans',Arial,sans-serif"><title>%s</title><desc>%s</desc>`,
		n(p.W), n(p.H), n(p.W), n(p.H), html.EscapeString(title), html.EscapeString(description))
	for _, it := range p.Items {
		switch it := it.(type) {
		case Line:
			dash := ""
			if it.Dashed {
				dash = ` stroke-dasharray="1.6 1.2"`
			}
			fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="%s"%s/>`, points(it.Points), colour(it.Colour), n(it.Width), dash)
		case Area:
			fmt.Fprintf(&b, `<polygon points="%s" fill="%s"/>`, points(it.Points), colour(it.Colour))
		case Dot:
			fill := colour(it.Colour)
			if it.Hollow {
				fill = "#ffffff"
			}
			fmt.Fprintf(&b, `<circle cx="%s" cy="%s" r="%s" fill="%s" stroke="%s" stroke-width="0.4"/>`, n(it.At.X), n(it.At.Y), n(it.Radius), fill, colour(it.Colour))
		case Text:
			weight := ""
			if it.Bold {
				weight = ` font-weight="bold"`
			}
			fmt.Fprintf(&b, `<text x="%s" y="%s" font-size="%s" text-anchor="%s" fill="%s"%s>%s</text>`, n(it.At.X), n(it.At.Y), n(it.Size*25.4/72), [...]string{"start", "middle", "end"}[it.Anchor], colour(it.Colour), weight, html.EscapeString(it.Text))
		}
	}
	b.WriteString("</svg>")
	return b.String()
}

// PNG draws the picture with so many dots an inch.
func (p *Picture) PNG(dpi float64) ([]byte, error) {
	scale := dpi / 25.4
	m := image.NewRGBA(image.Rect(0, 0, int(math.Ceil(p.W*scale)), int(math.Ceil(p.H*scale))))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	c := canvas{m, scale, map[faceKey]font.Face{}}
	for _, it := range p.Items {
		if err := c.draw(it, dpi); err != nil {
			return nil, fmt.Errorf("drawing a picture: %w", err)
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&b, m); err != nil {
		return nil, fmt.Errorf("writing a picture: %w", err)
	}
	return b.Bytes(), nil
}

type faceKey struct {
	size float64
	bold bool
}

type canvas struct {
	m     *image.RGBA
	scale float64
	faces map[faceKey]font.Face
}

func (c *canvas) draw(it Item, dpi float64) error {
	switch it := it.(type) {
	case Area:
		c.fill(it.Points, it.Colour)
	case Line:
		for i := 1; i < len(it.Points); i++ {
			c.stroke(it.Points[i-1], it.Points[i], it.Width, it.Colour, it.Dashed)
		}
	case Dot:
		c.fill(circle(it.At, it.Radius+0.2), it.Colour)
		if it.Hollow {
			c.fill(circle(it.At, it.Radius-0.2), White)
		}
	case Text:
		key := faceKey{it.Size, it.Bold}
		f := c.faces[key]
		if f == nil {
			var err error
			if f, err = opentype.NewFace(face(it.Bold), &opentype.FaceOptions{Size: it.Size, DPI: dpi, Hinting: font.HintingNone}); err != nil {
				return err
			}
			c.faces[key] = f
		}
		x := it.At.X
		switch w := Width(it.Text, it.Size, it.Bold); it.Anchor {
		case Middle:
			x -= w / 2
		case End:
			x -= w
		}
		d := font.Drawer{Dst: c.m, Src: image.NewUniform(rgba(it.Colour)), Face: f, Dot: fixed.Point26_6{X: fixed.Int26_6(x * c.scale * 64), Y: fixed.Int26_6(it.At.Y * c.scale * 64)}}
		d.DrawString(it.Text)
	}
	return nil
}

func rgba(c Colour) color.RGBA {
	r, g, b := c.RGB()
	return color.RGBA{r, g, b, 255}
}

// fill paints a polygon.
func (c *canvas) fill(points []Point, colour Colour) {
	box := image.Rectangle{Min: c.m.Bounds().Max}
	for _, p := range points {
		x, y := p.X*c.scale, p.Y*c.scale
		box.Min.X, box.Min.Y = min(box.Min.X, int(math.Floor(x))), min(box.Min.Y, int(math.Floor(y)))
		box.Max.X, box.Max.Y = max(box.Max.X, int(math.Ceil(x))), max(box.Max.Y, int(math.Ceil(y)))
	}
	box = box.Intersect(c.m.Bounds())
	if box.Empty() {
		return
	}
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, p := range points {
		x, y := float32(p.X*c.scale)-float32(box.Min.X), float32(p.Y*c.scale)-float32(box.Min.Y)
		if i == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	z.ClosePath()
	z.Draw(c.m, box, image.NewUniform(rgba(colour)), image.Point{})
}

// stroke paints a straight line as a thin rectangle, or as dashes.
func (c *canvas) stroke(a, b Point, width float64, colour Colour, dashed bool) {
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	if length == 0 {
		return
	}
	dx, dy := (b.X-a.X)/length, (b.Y-a.Y)/length
	part := func(from, to float64) {
		h := width / 2
		p, q := Point{a.X + dx*from, a.Y + dy*from}, Point{a.X + dx*to, a.Y + dy*to}
		c.fill([]Point{{p.X - dy*h, p.Y + dx*h}, {q.X - dy*h, q.Y + dx*h}, {q.X + dy*h, q.Y - dx*h}, {p.X + dy*h, p.Y - dx*h}}, colour)
	}
	if !dashed {
		part(0, length)
		return
	}
	for at := 0.0; at < length; at += 2.8 {
		part(at, min(at+1.6, length))
	}
}

func circle(at Point, r float64) []Point {
	out := make([]Point, 24)
	for i := range out {
		s, c := math.Sincos(2 * math.Pi * float64(i) / 24)
		out[i] = Point{at.X + r*c, at.Y + r*s}
	}
	return out
}

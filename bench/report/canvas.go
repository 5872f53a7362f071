//go:build linux

package report

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"os"
	"regexp"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A panel is one plot of a picture, with its legend: to its right, or in the corner that the labels
// of the two axes leave free.
type panel struct {
	*plot.Plot
	legend plot.Legend
	corner bool
}

func newPanel(title, x, y string) *panel {
	p := &panel{Plot: plot.New(), legend: plot.NewLegend()}
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font.Size = vg.Points(12)
	p.Title.Padding = vg.Points(6)
	p.legend.TextStyle.Font.Size = vg.Points(9)
	p.legend.Padding = vg.Points(3)
	p.legend.Left = true // the text behind the line, where a wider font has place
	p.legend.ThumbnailWidth = vg.Points(30)
	return p
}

// explain adds an entry to the legend.
func (p *panel) explain(what string, thumbs ...plot.Thumbnailer) {
	for i, t := range thumbs {
		thumbs[i] = spacedThumbnail{t}
	}
	p.legend.Add(what, thumbs...)
}

// spacedThumbnail keeps a line sample apart from its text.
type spacedThumbnail struct{ plot.Thumbnailer }

// Thumbnail implements plot.Thumbnailer.
func (a spacedThumbnail) Thumbnail(c *draw.Canvas) {
	left := draw.Crop(*c, 0, -vg.Points(9), 0, 0)
	a.Thumbnailer.Thumbnail(&left)
}

func (p *panel) draw(c draw.Canvas) {
	if p.corner {
		p.Plot.Draw(c)
		p.legend.Draw(c)
		return
	}
	width := p.legend.Rectangle(c).Size().X * 1.25
	p.Plot.Draw(draw.Crop(c, 0, -width, 0, 0))
	p.legend.Top = true
	p.legend.Draw(draw.Crop(c, c.Size().X-width+vg.Points(6), 0, 0, -vg.Points(24)))
}

func init() { plot.DefaultFont.Variant = "Sans" }

// canvas remembers how wide each text is.
type canvas struct {
	*vgsvg.Canvas
	widths []vg.Length
}

// FillString implements vg.Canvas.
func (c *canvas) FillString(f font.Face, at vg.Point, s string) {
	c.widths = append(c.widths, f.Width(s))
	c.Canvas.FillString(f, at, s)
}

var svgText = regexp.MustCompile(`<text x="([^"]+)"`)

// saveTiles draws panels of one size each, two in a row.
func saveTiles(path string, w, h vg.Length, panels []*panel) error {
	cols := min(len(panels), 2)
	rows := (len(panels) + cols - 1) / cols
	c := &canvas{Canvas: vgsvg.New(w*vg.Length(cols), h*vg.Length(rows))}
	dc := draw.New(c)
	dc.SetColor(color.White)
	dc.Fill(dc.Rectangle.Path())
	tiles := draw.Tiles{Rows: rows, Cols: cols, PadX: vg.Points(12), PadY: vg.Points(12), PadTop: vg.Points(6), PadBottom: vg.Points(6), PadLeft: vg.Points(14), PadRight: vg.Points(12)}
	for i, p := range panels {
		p.draw(tiles.At(dc, i%cols, i/cols))
	}
	var svg bytes.Buffer
	if _, err := c.WriteTo(&svg); err != nil {
		return err
	}
	// Systems without Liberation Sans have a font of the same metrics, or one that is wider or
	// narrower. So the text states its width, and is anchored at its middle for programs that
	// ignore the width.
	out := bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif"))
	n := 0
	out = svgText.ReplaceAllFunc(out, func(text []byte) []byte {
		width := c.widths[n].Points()
		n++
		x, err := strconv.ParseFloat(string(svgText.FindSubmatch(text)[1]), 64)
		if err != nil || width == 0 {
			return text
		}
		return fmt.Appendf(nil, `<text text-anchor="middle" textLength="%.5g" lengthAdjust="spacingAndGlyphs" x="%.5g"`, width, x+width/2)
	})
	return os.WriteFile(path, out, 0o644)
}

// steps are ticks at round numbers, each with its label.
func steps(low, high float64) plot.Ticker {
	step := math.Pow(10, math.Floor(math.Log10(high-low)))
	for _, finer := range []float64{0.1, 0.2, 0.5} {
		if (high-low)/(step*finer) <= 8 {
			step *= finer
			break
		}
	}
	digits := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	var ticks plot.ConstantTicks
	// Adding 0 turns a ceiling of -0, whose label would have a sign, into 0.
	for i := math.Ceil(low/step-1e-9) + 0; i*step <= high+1e-9*step; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: strconv.FormatFloat(i*step, 'f', digits, 64)})
	}
	return ticks
}

// decades are ticks at 1, 2 and 5 of each power of ten, for an axis of logarithms to base ten. An
// axis with plot.LogScale leaves no room for its label.
func decades(low, high float64) plot.Ticker {
	var ticks plot.ConstantTicks
	for power := math.Floor(low); power <= high; power++ {
		for _, n := range []float64{1, 2, 5} {
			if v := power + math.Log10(n); v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(n*math.Pow(10, power), 'g', 6, 64)})
			}
		}
	}
	return ticks
}

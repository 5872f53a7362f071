//go:build linux

package report

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ratioRows draws the ratio of each row as a bar that starts at 1, with its interval. A bar that
// exceeds low or high ends in an arrow, with its number beyond it.
type ratioRows struct {
	rows      []*measure.Estimate
	marks     []*measure.Estimate // drawn as diamonds; nil where a row has none
	markName  string
	low, high float64
	color     color.Color
	label     draw.TextStyle
}

const (
	barHalf = vg.Length(3.5)
	capHalf = vg.Length(2.5)
)

var markStyle = draw.GlyphStyle{Color: color.RGBA{200, 30, 30, 255}, Radius: vg.Points(2.6), Shape: diamond{}}

// beyond returns as text the values of a row that exceed one side: -1 the left, 1 the right.
func (d *ratioRows) beyond(i int, side int) string {
	outside := func(v float64) bool { return side < 0 && v < d.low || side > 0 && v > d.high }
	var parts []string
	if e := d.rows[i]; outside(e.Center) || outside(e.Lo) || outside(e.Hi) {
		if e.Bounded() {
			parts = append(parts, fmt.Sprintf("%.2f [%.2f, %.2f]", e.Center, e.Lo, e.Hi))
		} else {
			parts = append(parts, fmt.Sprintf("%.2f", e.Center))
		}
	}
	if m := d.marks[i]; m != nil && outside(m.Center) {
		parts = append(parts, fmt.Sprintf("%s %.2f", d.markName, m.Center))
	}
	return strings.Join(parts, ", ")
}

// margin is how wide the texts beyond a side are.
func (d *ratioRows) margin(side int) vg.Length {
	var width vg.Length
	for i := range d.rows {
		if text := d.beyond(i, side); text != "" {
			width = max(width, d.label.Width(text)*1.1+vg.Points(13))
		}
	}
	return width
}

// Plot implements plot.Plotter.
func (d *ratioRows) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	x := func(v float64) vg.Length { return trX(min(max(v, d.low), d.high)) }
	black := draw.LineStyle{Color: color.Black, Width: vg.Points(1)}
	for i, e := range d.rows {
		y := trY(float64(i))
		c.FillPolygon(d.color, []vg.Point{{X: x(1), Y: y - barHalf}, {X: x(e.Center), Y: y - barHalf}, {X: x(e.Center), Y: y + barHalf}, {X: x(1), Y: y + barHalf}})
		if e.Bounded() {
			c.StrokeLine2(black, x(e.Lo), y, x(e.Hi), y)
			for _, end := range []float64{e.Lo, e.Hi} {
				if end >= d.low && end <= d.high {
					c.StrokeLine2(black, x(end), y-capHalf, x(end), y+capHalf)
				}
			}
		}
		if m := d.marks[i]; m != nil && m.Center >= d.low && m.Center <= d.high {
			c.DrawGlyph(markStyle, vg.Point{X: x(m.Center), Y: y})
		}
		for _, side := range []int{-1, 1} {
			text := d.beyond(i, side)
			if text == "" {
				continue
			}
			at, way := x(d.high), vg.Length(side)
			if side < 0 {
				at = x(d.low)
			}
			c.FillPolygon(color.Black, []vg.Point{{X: at + way*vg.Points(5), Y: y}, {X: at, Y: y + barHalf}, {X: at, Y: y - barHalf}})
			style := d.label
			style.YAlign = draw.YCenter
			if side < 0 {
				style.XAlign = draw.XRight
			}
			c.FillText(style, vg.Point{X: at + way*vg.Points(13), Y: y}, text)
		}
	}
}

// Thumbnail implements plot.Thumbnailer.
func (d *ratioRows) Thumbnail(c *draw.Canvas) {
	y := c.Center().Y
	c.FillPolygon(d.color, []vg.Point{{X: c.Min.X, Y: y - barHalf}, {X: c.Max.X - 5, Y: y - barHalf}, {X: c.Max.X - 5, Y: y + barHalf}, {X: c.Min.X, Y: y + barHalf}})
	black := draw.LineStyle{Color: color.Black, Width: vg.Points(1)}
	c.StrokeLine2(black, c.Max.X-10, y, c.Max.X, y)
	c.StrokeLine2(black, c.Max.X-10, y-capHalf, c.Max.X-10, y+capHalf)
	c.StrokeLine2(black, c.Max.X, y-capHalf, c.Max.X, y+capHalf)
}

// diamond is a filled glyph that a bar does not hide.
type diamond struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (diamond) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	c.FillPolygon(s.Color, []vg.Point{{X: at.X, Y: at.Y + s.Radius}, {X: at.X + s.Radius, Y: at.Y}, {X: at.X, Y: at.Y - s.Radius}, {X: at.X - s.Radius, Y: at.Y}})
}

// Thumbnail implements plot.Thumbnailer.
func (diamond) Thumbnail(c *draw.Canvas) { c.DrawGlyph(markStyle, c.Center()) }

// ratioBars draws a contender's ratio in each row, and as a mark that of another contender, if
// named. It also returns the number of its rows.
func (r *Report) ratioBars(title, contender, reference, mark string) (*panel, int) {
	d := &ratioRows{markName: mark, color: colorOf(contender)}
	var names []string
	var centers []float64
	for _, row := range slices.Backward(r.Result.Rows) { // the first row belongs at the top
		c, _ := row.Cell(contender)
		e := c.Ratios[reference]
		if e == nil || !measure.Timed(row.Row) {
			continue
		}
		m, _ := row.Cell(mark)
		if e := m.Ratios[reference]; e != nil {
			centers = append(centers, e.Center)
		}
		names = append(names, row.Name)
		d.rows = append(d.rows, e)
		d.marks = append(d.marks, m.Ratios[reference])
		centers = append(centers, e.Center)
	}
	if len(names) == 0 {
		return nil, 0
	}
	p := d.panel(title, "time, as ratio to "+reference+" (less is faster)", names, centers)
	p.explain(contender+", 95% interval", d)
	if slices.ContainsFunc(d.marks, func(m *measure.Estimate) bool { return m != nil }) {
		what := mark
		if mark == work.Floor {
			what = "the C loop"
		}
		p.explain(what, diamond{})
	}
	return p, len(names)
}

// overview draws the summary of the run: geometric means over rows, and a batch of 64. It also
// returns the number of its rows.
func (r *Report) overview() (*panel, int) {
	d := &ratioRows{color: colorOf("csock")}
	var names []string
	var centers []float64
	add := func(name string, e *measure.Estimate) {
		if e == nil {
			return
		}
		// The first one belongs at the top.
		names = append([]string{name}, names...)
		d.rows = append([]*measure.Estimate{e}, d.rows...)
		d.marks = append(d.marks, nil)
		centers = append(centers, e.Center)
	}
	mean := func(name, contender, reference string, in func(measure.RowResult) bool) {
		e, _ := r.Result.GeoMean(contender, reference, in)
		add(name, e)
	}
	mean("sends and receives, against x/sys", "csock", work.Baseline, isIO)
	mean("sends and receives, against C", "csock", work.Floor, withContenders(isIO, "csock", work.Baseline, work.Floor))
	for _, row := range r.Result.Rows {
		if c, ok := row.Cell("csock"); ok && row.Op == "Batch" && row.Row.Get("batch") == "64" {
			add("a batch of 64, against C", c.Ratios[work.Floor])
			add("a batch of 64, against x/net", c.Ratios["x-net"])
		}
	}
	mean("a Conn, against package net", "csock-conn", "net", anyRow)
	if len(names) == 0 {
		return nil, 0
	}
	p := d.panel("csock in short", "csock's time, as ratio to the other's (less is faster)", names, centers)
	p.explain("95% interval", d)
	return p, len(names)
}

// panel returns the panel in which d is drawn, with the names of its rows. centers are the values
// that must be visible.
func (d *ratioRows) panel(title, x string, names []string, centers []float64) *panel {
	// A few rows that are far off would make the differences of all others too small to see.
	slices.Sort(centers)
	d.low = max(0.7, min(0.8, math.Floor(centers[len(centers)/20]*20)/20))
	d.high = min(1.5, max(1.3, math.Ceil(centers[len(centers)*19/20]*20)/20))

	p := newPanel(title, x, "")
	p.corner = true
	d.label = p.legend.TextStyle
	d.label.Font = font.From(plot.DefaultFont, vg.Points(7))
	p.NominalY(names...)
	p.Y.Tick.Label.Font.Size = vg.Points(8)
	p.Y.Min, p.Y.Max = -0.7, float64(len(names))-0.3
	p.Y.Padding = vg.Points(14)
	// About this much of the picture's width is left for the data and for the texts beyond its
	// edges.
	perPoint := (d.high - d.low) / float64(vg.Points(400)-d.margin(-1)-d.margin(1))
	p.X.Min, p.X.Max = d.low-perPoint*float64(d.margin(-1)), d.high+perPoint*float64(d.margin(1))
	p.X.Tick.Marker = steps(d.low, d.high)
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	grid.Vertical.Color = color.RGBA{0, 0, 0, 40}
	p.Add(grid, d, oneAt(true, p.Y.Min, p.Y.Max))
	return p
}

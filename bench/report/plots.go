//go:build linux

package report

import (
	"bytes"
	"image/color"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A plotFile is one picture of a report.
type plotFile struct{ file, title string }

// colors keeps a contender in one colour over all plots, chosen to be told apart by the colour-blind too.
var colors = map[string]color.RGBA{
	"c":          {0, 0, 0, 255},
	"csock":      {0, 114, 178, 255},
	"csock-conn": {86, 180, 233, 255},
	"x-sys":      {213, 94, 0, 255},
	"syscall":    {230, 159, 0, 255},
	"net":        {0, 158, 115, 255},
	"x-net":      {0, 158, 115, 255},
	"mdlayher":   {204, 121, 167, 255},
	"cgo":        {120, 120, 120, 255},
	"raw":        {170, 170, 170, 255},
}

// dashes tell those apart whose lines lie on one another.
var dashes = map[string][]vg.Length{
	"x-sys":    {vg.Points(6), vg.Points(3)},
	"syscall":  {vg.Points(2), vg.Points(2)},
	"mdlayher": {vg.Points(8), vg.Points(2), vg.Points(2), vg.Points(2)},
}

func colorOf(contender string) color.RGBA {
	if c, ok := colors[contender]; ok {
		return c
	}
	return color.RGBA{90, 90, 90, 255}
}

// plots writes all pictures that the run has data for, and tells them by operation.
func (r *Report) plots(dir string) (map[string][]plotFile, error) {
	files := make(map[string][]plotFile)
	save := func(op, file, title string, w, h vg.Length, panels ...*plot.Plot) error {
		panels = slices.DeleteFunc(panels, func(p *plot.Plot) bool { return p == nil })
		if len(panels) == 0 {
			return nil
		}
		files[op] = append(files[op], plotFile{file, title})
		return saveTiles(filepath.Join(dir, file), w, h, panels)
	}
	bar := func(op, file, title, contender, reference string, marks ...string) error {
		p, rows := r.ratioBars(title, contender, reference, marks)
		return save(op, file, title, 8.5*vg.Inch, vg.Length(rows)*0.17*vg.Inch+1.4*vg.Inch, p)
	}
	if err := bar("", "ratio-csock.svg", "csock against x/sys (bar), with its 95% interval, and the C loop (diamond)", "csock", work.Baseline, work.Floor); err != nil {
		return nil, err
	}
	if err := bar("", "ratio-conn.svg", "csock.Conn against package net (bar), with its 95% interval", "csock-conn", "net"); err != nil {
		return nil, err
	}
	// Direct calls and those of the poller are so far apart that one scale would hide the differences within each.
	var direct, polled []string
	for _, c := range work.Contenders() {
		if c.Poller || c.Experiment || c.Name == work.Floor {
			direct = append(direct, c.Name)
		}
		if !c.Poller {
			polled = append(polled, c.Name)
		}
	}
	var tiles []*plot.Plot
	for _, network := range []string{"tcp", "udp", "unix", "unixgram", "unixpacket"} {
		for _, panel := range []struct {
			title string
			skip  []string
		}{{network + ", direct calls", direct}, {network + ", driven by the poller", polled}} {
			tiles = append(tiles, r.curve(curve{
				title: panel.title, op: "SendRecv", key: "size", x: "message, bytes", y: "time, as ratio to C", only: network,
				value: func(_ work.Row, c measure.Cell) *measure.Estimate { return c.Ratios[work.Floor] }, skip: panel.skip,
			}))
		}
	}
	if err := save("SendRecv", "sendrecv.svg", "Send and receive, over message size", 5*vg.Inch, 3*vg.Inch, tiles...); err != nil {
		return nil, err
	}
	for _, c := range []struct {
		file string
		curve
	}{
		{"batch.svg", curve{title: "Batches: time for each datagram", op: "Batch", key: "batch", x: "datagrams in a batch", y: "ns for each datagram", value: perItem("batch")}},
		{"vectored.svg", curve{title: "Vectored: time over the number of buffers", op: "Vectored", key: "bufs", x: "buffers", y: "ns for each message", value: perItem("")}},
		{"gso.svg", curve{title: "Segmentation offload: time for each segment", op: "GSO", key: "segs", x: "segments of 1000 bytes", y: "ns for each segment", value: perItem("segs")}},
		{"contention.svg", curve{title: "Contention on one pair of UDP sockets", op: "Contention", key: "goroutines", x: "goroutines (C: threads)", y: "ns for each send and receive", value: perItem("")}},
	} {
		if err := save(c.op, c.file, c.title, 7*vg.Inch, 4*vg.Inch, r.curve(c.curve)); err != nil {
			return nil, err
		}
	}
	if err := save("PingPong", "latency.svg", "Round trips: median, p99, p99.9", 7*vg.Inch, 3.6*vg.Inch, r.latency()...); err != nil {
		return nil, err
	}
	return files, nil
}

// saveTiles draws panels of one size each, two in a row.
func saveTiles(path string, w, h vg.Length, panels []*plot.Plot) error {
	cols := min(len(panels), 2)
	rows := (len(panels) + cols - 1) / cols
	c := vgsvg.New(w*vg.Length(cols), h*vg.Length(rows))
	dc := draw.New(c)
	dc.SetColor(color.White)
	dc.Fill(dc.Rectangle.Path())
	tiles := draw.Tiles{Rows: rows, Cols: cols, PadX: vg.Points(12), PadY: vg.Points(12), PadTop: vg.Points(6), PadBottom: vg.Points(6), PadLeft: vg.Points(6), PadRight: vg.Points(12)}
	for i, p := range panels {
		p.Draw(tiles.At(dc, i%cols, i/cols))
	}
	var svg bytes.Buffer
	if _, err := c.WriteTo(&svg); err != nil {
		return err
	}
	// Who has no Liberation Sans has one of its metric twins.
	named := bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif"))
	return os.WriteFile(path, named, 0o644)
}

func init() { plot.DefaultFont.Variant = "Sans" }

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font.Size = vg.Points(12)
	p.Title.Padding = vg.Points(6)
	return p
}

// one is the line of equal times.
func one(p *plot.Plot, vertical bool, from, to float64) error {
	xys := plotter.XYs{{X: from, Y: 1}, {X: to, Y: 1}}
	if vertical {
		xys = plotter.XYs{{X: 1, Y: from}, {X: 1, Y: to}}
	}
	l, err := plotter.NewLine(xys)
	if err != nil {
		return err
	}
	l.Color = color.Gray{110}
	l.Width = vg.Points(0.8)
	p.Add(l)
	return nil
}

type xErrors struct {
	plotter.XYs
	plotter.XErrors
}

type yErrors struct {
	plotter.XYs
	plotter.YErrors
}

// ratioBars draws a contender's ratio in each row as a bar with its interval, and those of others as marks, and says how many rows
// there are.
func (r *Report) ratioBars(title, contender, reference string, marks []string) (*plot.Plot, int) {
	var names []string
	var bars plotter.Values
	var errs xErrors
	points := make(map[string]plotter.XYs)
	most := 1.0
	rows := slices.Clone(r.Result.Rows)
	slices.Reverse(rows) // the first row belongs at the top
	for _, row := range rows {
		c, _ := row.Cell(contender)
		e := c.Ratios[reference]
		if e == nil || row.Row.Kind == work.Memory {
			continue
		}
		y := float64(len(names))
		names = append(names, row.Name)
		bars = append(bars, e.Center)
		errs.XYs = append(errs.XYs, plotter.XY{X: e.Center, Y: y})
		errs.XErrors = append(errs.XErrors, struct{ Low, High float64 }{e.Lo - e.Center, e.Hi - e.Center})
		most = max(most, e.Hi)
		for _, m := range marks {
			if c, ok := row.Cell(m); ok && c.Ratios[reference] != nil {
				points[m] = append(points[m], plotter.XY{X: c.Ratios[reference].Center, Y: y})
				most = max(most, c.Ratios[reference].Center)
			}
		}
	}
	if len(bars) == 0 {
		return nil, 0
	}
	p := newPlot(title, "time, as ratio to "+reference+" (less is faster)", "")
	b, err := plotter.NewBarChart(bars, vg.Points(7))
	if err != nil {
		return nil, 0
	}
	b.Horizontal = true
	b.Color = colorOf(contender)
	b.LineStyle.Width = 0
	x, err := plotter.NewXErrorBars(errs)
	if err != nil {
		return nil, 0
	}
	x.LineStyle.Color = color.Black
	x.CapWidth = vg.Points(5)
	p.Add(b)
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	grid.Vertical.Color = color.RGBA{0, 0, 0, 40}
	p.Add(grid)
	if one(p, true, -0.7, float64(len(names))-0.3) != nil {
		return nil, 0
	}
	p.Add(x)
	for _, m := range marks {
		if len(points[m]) == 0 {
			continue
		}
		s, err := plotter.NewScatter(points[m])
		if err != nil {
			continue
		}
		s.GlyphStyle = draw.GlyphStyle{Color: color.RGBA{200, 30, 30, 255}, Radius: vg.Points(2.6), Shape: diamond{}}
		p.Add(s)
	}
	p.NominalY(names...)
	p.Y.Tick.Label.Font.Size = vg.Points(8)
	p.X.Min, p.X.Max = 0, min(most*1.03, 3)
	p.X.Tick.Marker = steps(p.X.Max)
	return p, len(names)
}

// steps are ticks at every tenth, or rarer where there would be too many.
func steps(limit float64) plot.Ticker {
	step := 0.1
	if limit > 1.6 {
		step = 0.25
	}
	var ticks plot.ConstantTicks
	for i := 0; float64(i)*step <= limit+1e-9; i++ {
		v := float64(i) * step
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', 3, 64)})
	}
	return ticks
}

// diamond is a filled glyph that a bar does not hide.
type diamond struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (diamond) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	var p vg.Path
	p.Move(vg.Point{X: at.X, Y: at.Y + s.Radius})
	p.Line(vg.Point{X: at.X + s.Radius, Y: at.Y})
	p.Line(vg.Point{X: at.X, Y: at.Y - s.Radius})
	p.Line(vg.Point{X: at.X - s.Radius, Y: at.Y})
	p.Close()
	c.SetColor(s.Color)
	c.Fill(p)
}

// A curve is how one thing goes over another for all contenders.
type curve struct {
	title, op, key, x, y string
	only                 string // the network, or any
	value                func(work.Row, measure.Cell) *measure.Estimate
	skip                 []string
}

// perItem is the median of an iteration, split over as many items as the row's parameter says.
func perItem(key string) func(work.Row, measure.Cell) *measure.Estimate {
	return func(row work.Row, c measure.Cell) *measure.Estimate {
		n := float64(max(1, row.Int(key)))
		return &measure.Estimate{Center: c.Median.Center / n, Lo: c.Median.Lo / n, Hi: c.Median.Hi / n}
	}
}

func (r *Report) curve(cv curve) *plot.Plot {
	p := newPlot(cv.title, cv.x, cv.y)
	xs := make(map[float64]bool)
	drawn, top, bottom := 0, 0.0, math.Inf(1)
	for _, contender := range work.Contenders() {
		if slices.Contains(cv.skip, contender.Name) {
			continue
		}
		var data yErrors
		for _, row := range r.Result.Rows {
			if row.Op != cv.op || cv.only != "" && row.Row.Get("net") != cv.only {
				continue
			}
			c, ok := row.Cell(contender.Name)
			if !ok || !c.OK() {
				continue
			}
			e := cv.value(row.Row, c)
			if e == nil {
				continue
			}
			x := float64(row.Row.Int(cv.key))
			xs[x] = true
			data.XYs = append(data.XYs, plotter.XY{X: x, Y: e.Center})
			data.YErrors = append(data.YErrors, struct{ Low, High float64 }{e.Lo - e.Center, e.Hi - e.Center})
			top, bottom = max(top, e.Hi), min(bottom, e.Lo)
		}
		if len(data.XYs) == 0 {
			continue
		}
		line, points, err := plotter.NewLinePoints(data.XYs)
		if err != nil {
			continue
		}
		bars, err := plotter.NewYErrorBars(data)
		if err != nil {
			continue
		}
		line.Color, line.Width, line.Dashes = colorOf(contender.Name), vg.Points(1.6), dashes[contender.Name]
		points.GlyphStyle = draw.GlyphStyle{Color: line.Color, Radius: vg.Points(2.2), Shape: draw.CircleGlyph{}}
		bars.LineStyle.Color = line.Color
		p.Add(line, points, bars)
		p.Legend.Add(contender.Name, line, points)
		drawn++
	}
	if drawn == 0 || len(xs) < 2 {
		return nil
	}
	var ticks plot.ConstantTicks
	lo, hi := math.Inf(1), 0.0
	for _, x := range slices.Sorted(maps.Keys(xs)) {
		ticks = append(ticks, plot.Tick{Value: x, Label: strconv.Itoa(int(x))})
		lo, hi = min(lo, x), max(hi, x)
	}
	p.X.Scale = plot.LogScale{}
	p.X.Tick.Marker = ticks
	// The legend stands to the right of the data, where no line runs.
	p.X.Min, p.X.Max = lo, hi*math.Pow(hi/lo, 0.32)
	p.Legend.Top = true
	p.Legend.TextStyle.Font.Size = vg.Points(9)
	if strings.Contains(cv.y, "ratio") {
		if one(p, false, lo, hi) != nil {
			return nil
		}
		p.Y.Min, p.Y.Max = min(0.9, bottom*0.97), top*1.03
	} else {
		p.Y.Min, p.Y.Max = 0, top*1.05
	}
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color = color.RGBA{0, 0, 0, 40}
	p.Add(grid)
	return p
}

// latency draws, for each network, how far the tail of round trips reaches.
func (r *Report) latency() []*plot.Plot {
	var panels []*plot.Plot
	for _, row := range r.Result.Rows {
		if row.Row.Kind != work.Latency {
			continue
		}
		p := newPlot("Round trip, "+row.Row.Get("net"), "", "µs")
		var names []string
		low, high := math.Inf(1), 0.0
		for _, c := range row.Cells {
			if !c.OK() || len(c.Tail) == 0 {
				continue
			}
			var xys plotter.XYs
			names = nil
			for i, t := range c.Tail {
				xys = append(xys, plotter.XY{X: float64(i), Y: t.Value / 1e3})
				names = append(names, t.Name)
				low, high = min(low, t.Value/1e3), max(high, t.Value/1e3)
			}
			line, points, err := plotter.NewLinePoints(xys)
			if err != nil {
				continue
			}
			line.Color, line.Width, line.Dashes = colorOf(c.Contender), vg.Points(1.6), dashes[c.Contender]
			points.GlyphStyle = draw.GlyphStyle{Color: line.Color, Radius: vg.Points(2.6), Shape: draw.CircleGlyph{}}
			p.Add(line, points)
			p.Legend.Add(c.Contender, line, points)
		}
		if len(names) == 0 {
			continue
		}
		p.NominalX(names...)
		p.X.Min, p.X.Max = -0.2, 2.9
		p.Legend.Top = true
		p.Legend.TextStyle.Font.Size = vg.Points(9)
		p.Y.Scale = plot.LogScale{}
		p.Y.Min, p.Y.Max = low*0.8, high*1.25
		p.Y.Tick.Marker = decades(p.Y.Min, p.Y.Max)
		grid := plotter.NewGrid()
		grid.Vertical.Width = 0
		grid.Horizontal.Color = color.RGBA{0, 0, 0, 40}
		p.Add(grid)
		panels = append(panels, p)
	}
	return panels
}

// decades are ticks at 1, 2 and 5 of each power of ten.
func decades(low, high float64) plot.Ticker {
	var ticks plot.ConstantTicks
	for unit := math.Pow(10, math.Floor(math.Log10(low))); unit <= high; unit *= 10 {
		for _, n := range []float64{1, 2, 5} {
			if v := n * unit; v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', -1, 64)})
			}
		}
	}
	return ticks
}

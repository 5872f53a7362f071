//go:build linux

package report

import (
	"image/color"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A plotFile is one picture of a report.
type plotFile struct{ file, title string }

// colors keeps a contender in one colour over all plots. The colours are distinct for colour-blind
// readers, too.
var colors = map[string]color.RGBA{
	"c":          {0, 0, 0, 255},
	"csock":      {0, 114, 178, 255},
	"csock-conn": {86, 180, 233, 255},
	"x-sys":      {213, 94, 0, 255},
	"syscall":    {230, 159, 0, 255},
	"net":        {0, 158, 115, 255},
	"x-net":      {120, 94, 40, 255},
	"mdlayher":   {204, 121, 167, 255},
}

// dashes separate contenders whose lines lie on one another.
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

// plots writes all pictures that the run has data for, and returns them by operation.
func (r *Report) plots(dir string) (map[string][]plotFile, error) {
	files := make(map[string][]plotFile)
	save := func(op, file, title string, w, h vg.Length, panels ...*panel) error {
		panels = slices.DeleteFunc(panels, func(p *panel) bool { return p == nil })
		if len(panels) == 0 {
			return nil
		}
		files[op] = append(files[op], plotFile{file, title})
		return saveTiles(filepath.Join(dir, file), w, h, panels)
	}
	bar := func(op, file, title, contender, reference, mark string) error {
		p, rows := r.ratioBars(title, contender, reference, mark)
		return save(op, file, title, 8.5*vg.Inch, vg.Length(rows)*0.17*vg.Inch+1.4*vg.Inch, p)
	}
	short, rows := r.overview()
	if err := save("", "overview.svg", "csock in short", 8.5*vg.Inch, vg.Length(rows)*0.25*vg.Inch+1.4*vg.Inch, short); err != nil {
		return nil, err
	}
	if err := bar("", "ratio-csock.svg", "csock against x/sys, and the C loop against x/sys", "csock", work.Baseline, work.Floor); err != nil {
		return nil, err
	}
	if err := bar("", "ratio-conn.svg", "csock.Conn against package net", "csock-conn", "net", ""); err != nil {
		return nil, err
	}
	toC := func(_ work.Row, c measure.Cell) *measure.Estimate { return c.Ratios[work.Floor] }
	var direct, polled []string
	for _, c := range work.Contenders() {
		if c.Name == work.Floor {
			continue // it is the line at 1
		}
		if c.Poller {
			polled = append(polled, c.Name)
		} else {
			direct = append(direct, c.Name)
		}
	}
	var tiles []*panel
	for _, network := range []string{"tcp", "udp", "unix", "unixgram", "unixpacket"} {
		for _, half := range []struct {
			title string
			who   []string
		}{{network + ", direct calls", direct}, {network + ", driven by the poller", polled}} {
			tiles = append(tiles, r.curve(curve{
				title: half.title, op: "SendRecv", key: "size", x: "message, bytes", y: "time, as ratio to C", only: network, value: toC, who: half.who, ratio: true,
			}))
		}
	}
	oneRange(tiles, steps)
	if err := save("SendRecv", "sendrecv.svg", "Send and receive, over message size", 5.4*vg.Inch, 3.2*vg.Inch, tiles...); err != nil {
		return nil, err
	}
	for _, c := range []struct {
		file string
		curve
	}{
		{"batch.svg", curve{title: "Batches: time for each datagram", op: "Batch", key: "batch", x: "datagrams in a batch", y: "ns for each datagram", value: perItem("batch")}},
		{"vectored.svg", curve{title: "Vectored: time over the number of buffers", op: "Vectored", key: "bufs", x: "buffers", y: "ns for each message", value: perItem("")}},
		{"gso.svg", curve{title: "Segmentation offload: time, as ratio to C", op: "GSO", key: "segs", x: "segments of 1000 bytes", y: "time, as ratio to C", value: toC, ratio: true, who: append(direct, polled...)}},
		{"contention.svg", curve{title: "Contention on one pair of UDP sockets", op: "Contention", key: "goroutines", x: "goroutines (C: threads)", y: "ns for each send and receive", value: perItem("")}},
	} {
		if err := save(c.op, c.file, c.title, 7.5*vg.Inch, 4*vg.Inch, r.curve(c.curve)); err != nil {
			return nil, err
		}
	}
	if err := save("PingPong", "latency.svg", "Round trips: median, p99, p99.9", 6*vg.Inch, 3.8*vg.Inch, r.latency()...); err != nil {
		return nil, err
	}
	return files, nil
}

// oneAt is the line of equal times.
func oneAt(vertical bool, from, to float64) plot.Plotter {
	xys := plotter.XYs{{X: from, Y: 1}, {X: to, Y: 1}}
	if vertical {
		xys = plotter.XYs{{X: 1, Y: from}, {X: 1, Y: to}}
	}
	return &plotter.Line{XYs: xys, LineStyle: draw.LineStyle{Color: color.Gray{90}, Width: vg.Points(0.9)}}
}

// oneRange gives all panels the same range of y.
func oneRange(panels []*panel, ticks func(low, high float64) plot.Ticker) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range panels {
		if p != nil {
			low, high = min(low, p.Y.Min), max(high, p.Y.Max)
		}
	}
	for _, p := range panels {
		if p == nil {
			continue
		}
		p.Y.Min, p.Y.Max = low, high
		p.Y.Tick.Marker = ticks(low, high)
	}
}

type yErrors struct {
	plotter.XYs
	plotter.YErrors
}

// shownIn returns the contenders of a plot, those named or all, in the order of the reports.
// Experiments appear only in the tables: they show where time goes, and are no choice for a user.
func (r *Report) shownIn(who []string) []string {
	var names []string
	for _, c := range work.Contenders() {
		if !c.Experiment && r.has(c.Name) && (who == nil || slices.Contains(who, c.Name)) {
			names = append(names, c.Name)
		}
	}
	return names
}

// sideOffset is the offset at which the i-th of n contenders is drawn, so that their intervals do
// not cover each other. 1 is one contender's width.
func sideOffset(i, n int) float64 { return float64(i) - float64(n-1)/2 }

// addLine draws a contender's line with its points and those intervals that there are.
func (p *panel) addLine(contender string, xys plotter.XYs, intervals yErrors) {
	line := &plotter.Line{XYs: xys, LineStyle: draw.LineStyle{Color: colorOf(contender), Width: vg.Points(1.4), Dashes: dashes[contender]}}
	points := &plotter.Scatter{XYs: xys, GlyphStyle: draw.GlyphStyle{Color: line.Color, Radius: vg.Points(2.2), Shape: draw.CircleGlyph{}}}
	if bars, err := plotter.NewYErrorBars(intervals); err == nil { // else there is none
		bars.LineStyle.Color = line.Color
		bars.CapWidth = vg.Points(4)
		p.Add(bars)
	}
	p.Add(line, points)
	p.explain(contender, line, points)
}

func horizontalGrid() *plotter.Grid {
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color = color.RGBA{0, 0, 0, 40}
	return grid
}

// A curve is how one thing goes over another for all contenders.
type curve struct {
	title, op, key, x, y string
	only                 string // the network, or any
	value                func(work.Row, measure.Cell) *measure.Estimate
	who                  []string // or all
	ratio                bool     // values are ratios: 1 is in the plot, 0 is not
}

// perItem is the median of an iteration, split over as many items as the row's parameter says.
func perItem(key string) func(work.Row, measure.Cell) *measure.Estimate {
	return func(row work.Row, c measure.Cell) *measure.Estimate {
		n := float64(max(1, row.Int(key)))
		return &measure.Estimate{Center: c.Median.Center / n, Lo: c.Median.Lo / n, Hi: c.Median.Hi / n}
	}
}

func (r *Report) curve(cv curve) *panel {
	type point struct {
		x float64
		*measure.Estimate
	}
	lines := make(map[string][]point)
	xs := make(map[float64]bool)
	var values, lows, highs []float64
	names := slices.DeleteFunc(r.shownIn(cv.who), func(name string) bool {
		for _, row := range r.Result.Rows {
			if row.Op != cv.op || cv.only != "" && row.Row.Get("net") != cv.only {
				continue
			}
			c, ok := row.Cell(name)
			if !ok || !c.OK() {
				continue
			}
			if e := cv.value(row.Row, c); e != nil {
				x := float64(row.Row.Int(cv.key))
				xs[x] = true
				lines[name] = append(lines[name], point{x, e})
				values = append(values, e.Center)
				if e.Bounded() {
					lows, highs = append(lows, e.Lo), append(highs, e.Hi)
				}
			}
		}
		return lines[name] == nil
	})
	if len(xs) < 2 {
		return nil
	}
	p := newPanel(cv.title, cv.x, cv.y)
	p.Add(horizontalGrid())
	var ticks plot.ConstantTicks
	for _, x := range slices.Sorted(maps.Keys(xs)) {
		ticks = append(ticks, plot.Tick{Value: x, Label: strconv.Itoa(int(x))})
	}
	lo, hi := ticks[0].Value, ticks[len(ticks)-1].Value
	p.X.Scale = plot.LogScale{}
	p.X.Tick.Marker = ticks
	p.X.Min, p.X.Max = lo*math.Pow(hi/lo, -0.05), hi*math.Pow(hi/lo, 0.05)
	if cv.ratio {
		p.Add(oneAt(false, p.X.Min, p.X.Max))
	}
	for i, name := range names {
		var xys plotter.XYs
		var intervals yErrors
		for _, pt := range lines[name] {
			xy := plotter.XY{X: pt.x * math.Pow(hi/lo, 0.012*sideOffset(i, len(names))), Y: pt.Center}
			xys = append(xys, xy)
			if pt.Bounded() {
				intervals.XYs = append(intervals.XYs, xy)
				intervals.YErrors = append(intervals.YErrors, struct{ Low, High float64 }{pt.Lo - pt.Center, pt.Hi - pt.Center})
			}
		}
		p.addLine(name, xys, intervals)
	}
	// The range includes every point, but not all of the widest intervals, which would shrink
	// everything else.
	slices.Sort(lows)
	slices.Sort(highs)
	if len(lows) > 0 {
		values = append(values, stat.Quantile(0.03, stat.Empirical, lows, nil), stat.Quantile(0.97, stat.Empirical, highs, nil))
	}
	if cv.ratio {
		values = append(values, 0.95)
	} else {
		values = append(values, 0)
	}
	p.Y.Min, p.Y.Max = slices.Min(values), slices.Max(values)
	p.Y.Max += 0.03 * (p.Y.Max - p.Y.Min)
	p.Y.Tick.Marker = steps(p.Y.Min, p.Y.Max)
	return p
}

// latency draws, for each network, how far the tail of round trips reaches.
func (r *Report) latency() []*panel {
	var panels []*panel
	for _, row := range r.Result.Rows {
		if row.Row.Kind != work.Latency {
			continue
		}
		p := newPanel("Round trip, "+row.Row.Get("net"), "", "round trip (µs, log)")
		p.Add(horizontalGrid())
		low, high := math.Inf(1), math.Inf(-1)
		y := func(nanos float64) float64 {
			v := math.Log10(nanos / 1e3)
			low, high = min(low, v), max(high, v)
			return v
		}
		names := slices.DeleteFunc(r.shownIn(nil), func(name string) bool {
			c, _ := row.Cell(name)
			return !c.OK() || len(c.Tail) == 0
		})
		for i, name := range names {
			c, _ := row.Cell(name)
			var xys plotter.XYs
			var intervals yErrors
			for j, t := range c.Tail {
				if !enoughTrips(c, t.Name) {
					continue
				}
				xys = append(xys, plotter.XY{X: float64(j) + 0.05*sideOffset(i, len(names)), Y: y(t.Value)})
			}
			// The interval is of the slices' medians, and there is one for the median only.
			if m := c.Median; m.Bounded() {
				intervals.XYs = xys[:1]
				intervals.YErrors = append(intervals.YErrors, struct{ Low, High float64 }{min(0, y(m.Lo)-xys[0].Y), max(0, y(m.Hi)-xys[0].Y)})
			}
			p.addLine(name, xys, intervals)
		}
		if len(names) == 0 {
			continue
		}
		p.NominalX("p50", "p99", "p99.9")
		p.X.Min, p.X.Max = -0.3, 2.3
		p.Y.Min, p.Y.Max = low-0.05, high+0.05
		panels = append(panels, p)
	}
	oneRange(panels, decades)
	return panels
}

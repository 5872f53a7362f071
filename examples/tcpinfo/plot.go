//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/csock/go-csock/csock"
)

// A series is one plot.
type series struct {
	title, unit string
	value       func(*csock.TCPInfo) float64
	points      []float64
}

var plots = []*series{
	{title: "round-trip time", unit: "ms",
		value: func(i *csock.TCPInfo) float64 { return i.RTT.Seconds() * 1e3 }},
	{title: "congestion window", unit: "segments",
		value: func(i *csock.TCPInfo) float64 { return float64(i.SndCwnd) }},
	{title: "delivery rate", unit: "Mbit/s",
		value: func(i *csock.TCPInfo) float64 { return float64(i.DeliveryRate) * 8e-6 }},
	{title: "retransmissions so far", unit: "segments",
		value: func(i *csock.TCPInfo) float64 { return float64(i.TotalRetrans) }},
}

type screen struct {
	out      io.Writer
	terminal bool
	lines    int // of the last picture
}

// add shows another sample: a line, or all plots, which replace the previous ones.
func (s *screen) add(info csock.TCPInfo) {
	var b strings.Builder
	if s.lines > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", s.lines) // up
	}
	for _, p := range plots {
		p.points = append(p.points, p.value(&info))
		p.points = p.points[max(len(p.points)-*width, 0):]
		if s.terminal {
			b.WriteString(strings.ReplaceAll(p.draw(), "\n", "\x1b[K\n"))
		} else {
			fmt.Fprintf(&b, "%s %.3f %s  ", p.title, p.points[len(p.points)-1], p.unit)
		}
	}
	if s.terminal {
		s.lines = strings.Count(b.String(), "\n")
	} else {
		b.WriteString("\n")
	}
	io.WriteString(s.out, b.String())
}

// draw returns the plot as lines of text, whose blocks have eight heights.
func (p *series) draw() string {
	most := slices.Max(p.points)
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %.2f %s (scale: 0 to %.2f)\n",
		p.title, p.points[len(p.points)-1], p.unit, most)
	for row := *height - 1; row >= 0; row-- {
		for _, v := range p.points {
			eighths := int(v/max(most, 1e-9)*float64(*height*8)+0.5) - row*8
			b.WriteRune([]rune(" ▁▂▃▄▅▆▇█")[max(min(eighths, 8), 0)])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// sum prints the totals. The kernel counts the acknowledged SYN as a byte.
func (s *screen) sum(i csock.TCPInfo) error {
	_, err := fmt.Fprintf(s.out,
		"%d bytes acknowledged, %d sent again, %d segments retransmitted, "+
			"least round-trip time %v\n",
		max(i.BytesAcked, 1)-1, i.BytesRetrans, i.TotalRetrans, i.MinRTT)
	return err
}

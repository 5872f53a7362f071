//go:build linux

package work

import (
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A Percentile is one point of a distribution.
type Percentile struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Tail returns the median and two points of the tail of the round trips.
func Tail(samples []float64) []Percentile {
	if len(samples) == 0 {
		return nil
	}
	slices.Sort(samples)
	var ps []Percentile
	for _, p := range []struct {
		name string
		at   float64
	}{{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}} {
		ps = append(ps, Percentile{p.name, stat.Quantile(p.at, stat.Empirical, samples, nil)})
	}
	return ps
}

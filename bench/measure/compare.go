//go:build linux

package measure

// A Comparison tells how far two runs on one machine agree.
type Comparison struct {
	Pairs    int      // ratios to x/sys that both runs have, with an interval
	Overlap  int      // of these, those whose intervals share a point
	Apart    []string // the others, with both intervals
	NoRange  int      // ratios for whose interval one of the two has too few rounds
	OnlyInAB []string // rows that one of the two lacks
}

// Compare compares two runs, ratio by ratio.
func Compare(a, b *Result) Comparison {
	var c Comparison
	other := make(map[string]RowResult)
	for _, r := range b.Rows {
		other[r.Name] = r
	}
	for _, ra := range a.Rows {
		rb, ok := other[ra.Name]
		if !ok {
			c.OnlyInAB = append(c.OnlyInAB, ra.Name)
			continue
		}
		delete(other, ra.Name)
		for _, ca := range ra.Cells {
			cb, ok := rb.Cell(ca.Contender)
			if !ok || ca.Contender == References[0] {
				continue
			}
			ea, eb := ca.Ratios[References[0]], cb.Ratios[References[0]]
			if ea == nil || eb == nil {
				continue
			}
			if !ea.Bounded() || !eb.Bounded() {
				c.NoRange++
				continue
			}
			c.Pairs++
			if ea.Overlaps(*eb) {
				c.Overlap++
			} else {
				c.Apart = append(c.Apart, ra.Name+" impl="+ca.Contender+": "+ea.String()+" and "+eb.String())
			}
		}
	}
	for _, r := range b.Rows {
		if _, left := other[r.Name]; left {
			c.OnlyInAB = append(c.OnlyInAB, r.Name)
		}
	}
	return c
}

// Share is the part of the pairs that overlap, 0 to 1.
func (c Comparison) Share() float64 {
	if c.Pairs == 0 {
		return 0
	}
	return float64(c.Overlap) / float64(c.Pairs)
}

//go:build linux

package measure

// A Comparison says how far two runs on one machine agree.
type Comparison struct {
	Pairs   int      // ratios to x/sys that both runs have, with an interval
	Overlap int      // pairs whose intervals overlap
	Apart   []string // the others, with both intervals
	NoRange int      // ratios without an interval in at least one run, for too few rounds
	// OnlyInA and OnlyInB are the cells that have a result in only one run.
	OnlyInA, OnlyInB []string
}

// Compare compares two runs, ratio by ratio.
func Compare(a, b *Result) Comparison {
	c := Comparison{OnlyInA: lacking(b, a), OnlyInB: lacking(a, b)}
	for _, ra := range a.Rows {
		rb := b.row(ra.Name)
		for _, ca := range ra.Cells {
			if ca.Contender == References[0] {
				continue
			}
			cb, _ := rb.Cell(ca.Contender)
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
	return c
}

// lacking are the cells that have a result in one run and none in another.
func lacking(in, of *Result) []string {
	var cells []string
	for _, row := range of.Rows {
		r := in.row(row.Name)
		for _, c := range row.Cells {
			if twin, _ := r.Cell(c.Contender); c.OK() && !twin.OK() {
				cells = append(cells, row.Name+" impl="+c.Contender)
			}
		}
	}
	return cells
}

// row finds the row of a name, or one without cells.
func (r *Result) row(name string) RowResult {
	for _, row := range r.Rows {
		if row.Name == name {
			return row
		}
	}
	return RowResult{}
}

// Share is the part of the pairs that overlap, 0 to 1.
func (c Comparison) Share() float64 {
	if c.Pairs == 0 {
		return 0
	}
	return float64(c.Overlap) / float64(c.Pairs)
}

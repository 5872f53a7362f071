package docs

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// calls are the rows of the report whose calls pass no addresses and little data. Other rows do
// more than a call or two.
var calls = regexp.MustCompile(`^[GS]etsockopt$|^SendRecv/net=\w+/size=(1|64)$`)

// README's ratios are those of docs/performance/report.json, rounded outward, so that the range has
// all rows. A time is rounded to 5 ns.
func TestReportedTimes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/performance/report.json"))
	need.OK(t, err)
	type estimate struct{ Center float64 }
	var report struct {
		Result struct {
			Rows []struct {
				Name  string
				Cells []struct {
					Contender string
					Median    estimate
					Ratios    map[string]estimate
				}
			}
		}
	}
	need.OK(t, json.Unmarshal(text, &report))

	crossing, rows := 0.0, 0
	ofC, ofXSys := newRatios(), newRatios()
	for _, row := range report.Result.Rows {
		for _, cell := range row.Cells {
			switch {
			case row.Name == "Crossing/call=empty" && cell.Contender == "cgo":
				crossing = cell.Median.Center
			case calls.MatchString(row.Name) && cell.Contender == "csock":
				rows++
				ofC.add(cell.Ratios["c"].Center)
				ofXSys.add(cell.Ratios["x-sys"].Center)
			}
		}
	}
	if rows != 12 || crossing == 0 {
		t.Fatalf("the report has %d rows of calls, want 12, and a crossing takes %v ns. "+
			"If its rows have other names now, change calls in this test", rows, crossing)
	}

	nearest := 5 * math.Round(crossing/5)
	for path, sentences := range map[string][]string{
		"README.md": {
			fmt.Sprintf("A small call takes [%v of x/sys's time, and %v of plain C's]", ofXSys, ofC),
		},
		"docs/performance.md": {fmt.Sprintf("An empty crossing to C costs %v ns.", nearest)},
	} {
		text, err := os.ReadFile(filepath.Join(root, path))
		need.OK(t, err)
		for _, s := range sentences {
			if !strings.Contains(oneLine(string(text)), s) {
				t.Errorf("%s lacks %q, which follows from docs/performance/report.json.\nIf the report "+
					"is new, edit the numbers of that sentence in %[1]s; if its words changed, edit them here",
					path, s)
			}
		}
	}
}

// ratios is a range of ratios.
type ratios struct{ lo, hi float64 }

func newRatios() *ratios { return &ratios{math.Inf(1), math.Inf(-1)} }

// add extends the range to a ratio. That of a row that lacks it is 0.
func (r *ratios) add(ratio float64) { r.lo, r.hi = min(r.lo, ratio), max(r.hi, ratio) }

func (r *ratios) String() string {
	return fmt.Sprintf("%.2f to %.2f", math.Floor(100*r.lo)/100, math.Ceil(100*r.hi)/100)
}

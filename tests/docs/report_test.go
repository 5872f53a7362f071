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

// calls are the rows of the report whose iteration consists of a few calls that pass no addresses
// and little data, and how many calls. Other rows of the report do more than a call.
var calls = map[*regexp.Regexp]float64{
	regexp.MustCompile(`^[GS]etsockopt$`):                1,
	regexp.MustCompile(`^SendRecv/net=\w+/size=(1|64)$`): 2,
}

// README's times are those of docs/performance/report.json. They are rounded to 5 ns: a single time
// to the nearest, a range outward, so that it has all rows. A time above C's is the difference of
// the two medians, because the report has no estimate of it. A time above x/sys's is the report's.
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
					Above     *estimate `json:"above_x_sys_ns"`
				}
			}
		}
	}
	need.OK(t, json.Unmarshal(text, &report))

	crossing, rows := 0.0, 0
	aboveC, aboveXSys := newTimes(), newTimes()
	for _, row := range report.Result.Rows {
		medians := map[string]float64{}
		above := math.NaN()
		for _, cell := range row.Cells {
			medians[cell.Contender] = cell.Median.Center
			if cell.Contender == "csock" && cell.Above != nil {
				above = cell.Above.Center
			}
		}
		if row.Name == "Crossing/call=empty" {
			crossing = medians["cgo"]
		}
		for name, n := range calls {
			if name.MatchString(row.Name) {
				rows++
				aboveC.add((medians["csock"] - medians["c"]) / n)
				aboveXSys.add(above / n)
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
			fmt.Sprintf("A small call costs [%v ns more than plain C, and %v ns more than x/sys]", aboveC, aboveXSys),
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

// times is a range of times in nanoseconds.
type times struct{ lo, hi float64 }

func newTimes() *times { return &times{math.Inf(1), math.Inf(-1)} }

// add extends the range to ns. A row that lacks a time makes the range NaN.
func (r *times) add(ns float64) { r.lo, r.hi = min(r.lo, ns), max(r.hi, ns) }

func (r *times) String() string {
	return fmt.Sprintf("%v to %v", 5*math.Floor(r.lo/5), 5*math.Ceil(r.hi/5))
}

package docs

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// variables are the names by which code in the documents calls values of csock, and their types.
var variables = map[string][]string{
	"s":      {"Socket", "Conn"},
	"c":      {"ControlMessage", "Conn"},
	"m":      {"MsgHdr", "ControlMessage"},
	"b":      {"Batch"},
	"z":      {"ZeroCopy"},
	"conn":   {"Conn"},
	"a":      {"SockAddr"},
	"option": {"Option"},
}

// Every method and field that code in a sentence or a cell of a table calls by a variable exists:
// s.X of a Socket. In the guides for those who come from other packages, the first column of a
// table is the other package's.
func TestMethods(t *testing.T) {
	known := names(t, "csock")
	for name := range names(t, "csock/ring") {
		known["ring:"+name] = true
	}
	fences := regexp.MustCompile("(?ms)^```.*?^```$")
	firstColumn := regexp.MustCompile(`(?m)^\| (?:\\\||[^|\n])*\|`)
	span := regexp.MustCompile("`[^`]+`")
	selector := regexp.MustCompile(`(?:^|[^\w.])([a-z]\w*)\.([A-Z]\w*)`)
	checked := 0
	for path, text := range documents(t) {
		if strings.HasSuffix(path, "CHANGELOG.md") {
			continue // it also names what existed before
		}
		text = fences.ReplaceAllString(text, "")
		if base := filepath.Base(path); strings.HasPrefix(base, "porting-") || base == "socket2.md" {
			text = firstColumn.ReplaceAllString(text, "|")
		}
		for _, code := range span.FindAllString(text, -1) {
			for _, m := range selector.FindAllStringSubmatch(code, -1) {
				found := false
				switch types, ok := variables[m[1]]; {
				case ok:
					for _, typ := range types {
						found = found || known[typ+"."+m[2]]
					}
				case m[1] == "ring":
					found = known["ring:"+m[2]]
				default:
					continue // of another package
				}
				checked++
				if !found {
					t.Errorf("%s: there is no %s.%s, as in %s", path, m[1], m[2], code)
				}
			}
		}
	}
	if checked < 120 {
		t.Errorf("only %d names were checked", checked)
	}
}

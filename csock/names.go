//go:build cgo

package csock

import (
	"strconv"
	"strings"

	"github.com/csock/go-csock/csock/internal/sys"
)

// How constants print under their C names.

// A name is a constant and how C spells it.
type name struct {
	value int64
	name  string
}

type integer interface {
	~int | ~int8 | ~uint8 | ~uint16 | ~uint32 | ~int64
}

func lookup[T integer](v T, names []name) string { return numberName(int64(v), names) }

func numberName(v int64, names []name) string {
	for _, n := range names {
		if n.value == v {
			return n.name
		}
	}
	return ""
}

// nameOf returns the name of v, or its number.
func nameOf[T integer](v T, names []name) string { return numberNameOr(int64(v), names) }

func numberNameOr(v int64, names []name) string {
	if s := numberName(v, names); s != "" {
		return s
	}
	return strconv.FormatInt(v, 10)
}

// splitLacked splits v, which is negative, into a flag that the platform lacks and the flags ORed
// to it. That works if only one flag is lacked and none of the rest has a bit of CSOCK_LACKS_MASK.
func splitLacked(v int64) (lacked, rest int64) {
	const mask = sys.CSOCK_LACKS_MASK
	return sys.CSOCK_LACKS | v&mask, v &^ (sys.CSOCK_LACKS | mask)
}

// flagNames returns the names of the flags in f.
func flagNames[T integer](f T, tables ...[]name) string { return flagNumberNames(int64(f), tables) }

func flagNumberNames(f int64, tables [][]name) string {
	if f == 0 {
		return "0"
	}
	var s []string
	if f < 0 {
		lacked, rest := splitLacked(f)
		for _, names := range tables {
			if n := numberName(lacked, names); n != "" {
				s = append(s, n)
				break
			}
		}
		if s == nil {
			return strconv.FormatInt(f, 10)
		}
		f = rest
	}
	for _, names := range tables {
		for _, n := range names {
			if n.value > 0 && f&n.value == n.value {
				s = append(s, n.name)
				f &^= n.value
			}
		}
	}
	if f != 0 {
		s = append(s, "0x"+strconv.FormatInt(f, 16))
	}
	return strings.Join(s, "|")
}

//go:build cgo

package csock

import (
	"strconv"
	"strings"

	"github.com/csock/go-csock/csock/internal/sys"
)

// How constants print under their C names.

// A name is a constant and how C spells it.
type name[T integer] struct {
	value T
	name  string
}

type integer interface {
	~int | ~int8 | ~uint8 | ~uint16 | ~uint32
}

func lookup[T integer](v T, names []name[T]) string {
	for _, n := range names {
		if n.value == v {
			return n.name
		}
	}
	return ""
}

func nameOf[T integer](v T, names []name[T]) string {
	if s := lookup(v, names); s != "" {
		return s
	}
	return strconv.Itoa(int(v))
}

// splitLacked splits v, which is negative, into a flag that the platform lacks and the flags ORed
// to it. That works if only one flag is lacked and none of the rest has a bit of CSOCK_LACKS_MASK.
func splitLacked[T integer](v T) (lacked, rest T) {
	const mask = sys.CSOCK_LACKS_MASK
	return T(sys.CSOCK_LACKS | int(v)&mask), T(int(v) &^ (sys.CSOCK_LACKS | mask))
}

func flagNames[T integer](f T, tables ...[]name[T]) string {
	if f == 0 {
		return "0"
	}
	var s []string
	if f < 0 {
		lacked, rest := splitLacked(f)
		for _, names := range tables {
			if n := lookup(lacked, names); n != "" {
				s = append(s, n)
				break
			}
		}
		if s == nil {
			return strconv.Itoa(int(f))
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
		s = append(s, "0x"+strconv.FormatInt(int64(f), 16))
	}
	return strings.Join(s, "|")
}

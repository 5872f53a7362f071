//go:build linux && cgo

// Package options compares all socket options with C.
package options

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/netns"
	"github.com/google/go-cmp/cmp"
)

// A plan says how an option is tested. An option needs one only if the defaults do not suit it: the
// socket that levelSocket names, and the values of defaultValues.
type plan struct {
	on    string // the socket, a key of optionSockets
	setUp func(*csock.Socket) error
	set   []any // the values to set; they convert to the option's type
	want  []any // the value then read, if not the one that was set
	inC   []any // the values as C has them, unless they are numbers, strings or memory, or a struct that C fills
	// The kernel's error for a set or a get that it refuses here, in C as in csock.
	// TestOptionsTrace compares the calls' bytes all the same.
	setErr, getErr syscall.Errno
	// The errors of a kernel that is built without the option's feature. A kernel that does not
	// know the option returns ENOPROTOOPT or EOPNOTSUPP.
	lacks syscall.Errno
	// The value differs between two sockets, or over time.
	differs bool
	points  bool // C has the value as a struct sock_fprog, whose last 8 bytes are an address
}

// lacking reports whether an error means that this kernel lacks the option.
func (p plan) lacking(errno syscall.Errno) bool {
	return errno == syscall.ENOPROTOOPT || errno == syscall.EOPNOTSUPP || p.lacks != 0 && errno == p.lacks
}

// planOf returns the plan of an option and the socket on which it is tested.
func planOf(o csock.AnyOption, c cref.Option) plan {
	p := plans[o.String()]
	if p.on == "" {
		p.on = levelSocket(c.LevelName)
	}
	if standIn(c.LevelName) {
		p.setErr, p.getErr = syscall.ENOPROTOOPT, syscall.EOPNOTSUPP
	}
	if p.set == nil && o.CanSet() {
		p.set = defaultValues[c.Type](o)
	}
	if p.want == nil {
		p.want = p.set
	}
	return p
}

// defaultValues are the values for options without values in their plan, by their type in C.
var defaultValues = map[cref.OptionType]func(csock.AnyOption) []any{
	cref.OptionInt: func(o csock.AnyOption) []any {
		switch valueType(o).Kind() {
		case reflect.Bool:
			return []any{true, false}
		case reflect.Int, reflect.Uint32:
			return []any{1}
		}
		return []any{reflect.Zero(valueType(o)).Interface()}
	},
	cref.OptionNetInt:       func(csock.AnyOption) []any { return []any{1, 0} },
	cref.OptionSeconds:      func(csock.AnyOption) []any { return []any{3 * time.Second} },
	cref.OptionMilliseconds: func(csock.AnyOption) []any { return []any{3 * time.Millisecond} },
	cref.OptionMicroseconds: func(csock.AnyOption) []any { return []any{3 * time.Microsecond} },
	cref.OptionTimeval:      func(csock.AnyOption) []any { return []any{1500 * time.Millisecond, time.Duration(0)} },
	cref.OptionU64:          func(csock.AnyOption) []any { return []any{1 << 20} },
	cref.OptionUlong:        func(csock.AnyOption) []any { return []any{1 << 20} },
	cref.OptionLinger:       func(csock.AnyOption) []any { return []any{5 * time.Second, time.Duration(0), csock.LingerOff} },
	cref.OptionText:         func(csock.AnyOption) []any { return nil },
	cref.OptionMemory:       func(csock.AnyOption) []any { return nil },
	cref.OptionStruct:       func(csock.AnyOption) []any { return nil },
}

// valueType is T of an Option[T].
func valueType(o csock.AnyOption) reflect.Type {
	get, _ := reflect.TypeOf(o).MethodByName("Get")
	return get.Type.Out(0)
}

// setAny calls Set with a value that converts to the option's type.
func setAny(o csock.AnyOption, s *csock.Socket, value any) error {
	v := reflect.ValueOf(value).Convert(valueType(o))
	out := reflect.ValueOf(o).MethodByName("Set").Call([]reflect.Value{reflect.ValueOf(s), v})
	err, _ := out[0].Interface().(error)
	return err
}

// cOptions are the options of C, by name.
var cOptions = func() map[string]cref.Option {
	m := map[string]cref.Option{}
	for o := range cref.Options() {
		m[o.Name] = o
	}
	return m
}()

// setC is C's setAny. A struct is one that C has filled with the values in the plan.
func setC(c cref.Option, fd uintptr, value any, i int) syscall.Errno {
	v := reflect.ValueOf(value)
	switch c.Type {
	case cref.OptionU64:
		return c.SetU64(fd, number(v))
	case cref.OptionUlong:
		return c.SetUlong(fd, number(v))
	case cref.OptionTimeval:
		us := value.(time.Duration).Microseconds()
		return c.SetTimeval(fd, us/1e6, us%1e6)
	case cref.OptionLinger:
		if d := value.(time.Duration); d >= 0 {
			return c.SetLinger(fd, 1, int32(d/time.Second))
		}
		return c.SetLinger(fd, 0, 0)
	case cref.OptionText:
		return c.SetMemory(fd, append([]byte(value.(string)), 0))
	case cref.OptionMemory, cref.OptionStruct:
		switch value := value.(type) {
		case []byte:
			return c.SetMemory(fd, value)
		case []csock.DCCPCCID:
			return c.SetMemory(fd, v.Bytes())
		case netip.Addr:
			return c.SetMemory(fd, value.AsSlice())
		}
		return c.SetStruct(fd, i)
	}
	return c.SetInt(fd, inNetworkOrder(c, int32(int64(number(v))/unit(c))))
}

// number returns a value of a bool, int or duration option in C's form, durations in nanoseconds.
func number(v reflect.Value) uint64 {
	switch {
	case v.Kind() == reflect.Bool && v.Bool():
		return 1
	case v.Kind() == reflect.Bool:
		return 0
	case v.Kind() == reflect.Struct: // of an option that takes any int
		return 0
	case v.CanUint():
		return v.Uint()
	}
	return uint64(v.Int())
}

// unit returns the nanoseconds of an int that counts time, else 1.
func unit(c cref.Option) int64 {
	switch c.Type {
	case cref.OptionSeconds:
		return int64(time.Second)
	case cref.OptionMilliseconds:
		return int64(time.Millisecond)
	case cref.OptionMicroseconds:
		return int64(time.Microsecond)
	}
	return 1
}

// inNetworkOrder swaps the bytes of an int that C has in network order, on machines with another
// order.
func inNetworkOrder(c cref.Option, n int32) int32 {
	if c.Type != cref.OptionNetInt {
		return n
	}
	return int32(binary.NativeEndian.Uint32(binary.BigEndian.AppendUint32(nil, uint32(n))))
}

// memory returns a value's memory in C, and false if the value is more than a number or a string.
func memory(c cref.Option, value any) ([]byte, bool) {
	v := reflect.ValueOf(value)
	switch c.Type {
	case cref.OptionU64, cref.OptionUlong:
		return binary.NativeEndian.AppendUint64(nil, number(v)), true
	case cref.OptionTimeval:
		us := value.(time.Duration).Microseconds()
		p := binary.NativeEndian.AppendUint64(nil, uint64(us/1e6))
		return binary.NativeEndian.AppendUint64(p, uint64(us%1e6)), true
	case cref.OptionLinger:
		on, seconds := uint32(1), uint32(value.(time.Duration)/time.Second)
		if value.(time.Duration) < 0 {
			on, seconds = 0, 0
		}
		p := binary.NativeEndian.AppendUint32(nil, on)
		return binary.NativeEndian.AppendUint32(p, seconds), true
	case cref.OptionText, cref.OptionMemory, cref.OptionStruct:
		switch value := value.(type) {
		case string:
			return []byte(value), true
		case []byte:
			return value, true
		case []csock.DCCPCCID:
			return v.Bytes(), true
		case csock.SockAddr:
			return value.Bytes(), true
		case netip.Addr:
			return value.AsSlice(), true
		}
		return nil, false
	}
	if v.Kind() == reflect.Struct || v.Kind() == reflect.Pointer {
		return nil, false
	}
	return binary.NativeEndian.AppendUint32(nil, uint32(inNetworkOrder(c, int32(int64(number(v))/unit(c))))), true
}

// resultSize returns the room that C offers getsockopt().
func resultSize(c cref.Option) int {
	switch c.Type {
	case cref.OptionU64, cref.OptionUlong, cref.OptionLinger:
		return 8
	case cref.OptionTimeval:
		return 16
	case cref.OptionText, cref.OptionMemory, cref.OptionStruct:
		if size := c.StructSize(); size > 0 {
			return size
		}
		return 1024
	}
	return 4
}

// errnoOf returns the errno of an error, 0 of nil.
func errnoOf(err error) syscall.Errno {
	var errno syscall.Errno
	if err != nil && !errors.As(err, &errno) {
		return math.MaxInt32 // no errno's
	}
	return errno
}

// TestOptionsTable tests every option on a socket that has it: C reads the value that csock sets,
// and it equals the value that C sets on a second socket; csock's getter and C's agree; if the
// kernel refuses one, it refuses both with the same errno.
func TestOptionsTable(t *testing.T) {
	if strconv.IntSize != 64 {
		t.Skip("compares memory as C of 64 bits has it")
	}
	ns := optionsNS(t)
	for o := range csock.Options() {
		c, ok := cOptions[o.String()]
		if !ok {
			continue // TestOptionsAreC's
		}
		t.Run(o.String(), func(t *testing.T) {
			p := planOf(o, c)
			if o.CanSet() && len(p.set) == 0 {
				t.Fatal("there is no plan for this option: plans needs a value to set")
			}
			if _, ok := optionSockets[p.on]; !ok {
				t.Fatalf("there is no plan for this option: plans needs a socket that has it, %q is none", p.on)
			}
			if !o.CanSet() || p.setErr != 0 && o.CanGet() {
				tryOption(t, ns, o, c, p, -1)
			}
			for i := range p.set {
				tryOption(t, ns, o, c, p, i)
			}
		})
	}
}

// The result of an option on one socket.
type tryResult struct {
	setErr, getErr syscall.Errno
	inC            []byte // the value that C then reads
	got            any    // the value that csock reads
	csockErr       error
}

// tryOption sets the i'th value of the plan, or none if i is negative, and gets the option: first
// with csock, then with C, each on a socket of its own. The first is closed by then, since some
// options belong to only one socket at a time.
func tryOption(t *testing.T, ns *netns.NS, o csock.AnyOption, c cref.Option, p plan, i int) {
	t.Helper()
	try := func(set func(s *csock.Socket) syscall.Errno) (r tryResult) {
		s, closeAll := plannedSocket(t, ns, p)
		defer closeAll()
		if i >= 0 {
			if r.setErr = set(s); r.setErr != 0 {
				return r
			}
		}
		if o.CanGet() {
			r.inC, r.getErr = c.Get(s.FD(), resultSize(c))
			r.got, r.csockErr = o.GetAny(s)
			if f, ok := r.got.(*os.File); ok && r.csockErr == nil {
				f.Close()
			}
		}
		return r
	}
	what := "unset"
	if i >= 0 {
		what = fmt.Sprintf("set to %v", p.set[i])
	}
	value := p.set
	if p.inC != nil {
		value = p.inC
	}
	ours := try(func(s *csock.Socket) syscall.Errno { return errnoOf(setAny(o, s, p.set[i])) })
	theirs := try(func(s *csock.Socket) syscall.Errno { return setC(c, s.FD(), value[i], i) })
	if ours.setErr == theirs.setErr && ours.setErr != p.setErr && p.lacking(ours.setErr) {
		t.Skipf("needs %v: %v", o, ours.setErr)
	}
	if i >= 0 && (ours.setErr != p.setErr || theirs.setErr != p.setErr) {
		t.Fatalf("%s: csock: %v, C: %v, want %v", what, ours.setErr, theirs.setErr, p.setErr)
	}
	if i >= 0 && p.setErr != 0 || !o.CanGet() {
		return
	}
	if ours.getErr == theirs.getErr && ours.getErr == errnoOf(ours.csockErr) && ours.getErr != p.getErr && p.lacking(ours.getErr) {
		t.Skipf("needs %v: %v", o, ours.getErr)
	}
	if ours.getErr != p.getErr || theirs.getErr != p.getErr || errnoOf(ours.csockErr) != p.getErr {
		t.Fatalf("%s: C gets %v of csock's socket and %v of its own, csock %v; want %v",
			what, ours.getErr, theirs.getErr, ours.csockErr, p.getErr)
	}
	if p.getErr != 0 || p.differs {
		return
	}
	if !bytes.Equal(ours.inC, theirs.inC) {
		t.Errorf("%s: C reads %x of the socket that csock set, %x of the one that C set", what, ours.inC, theirs.inC)
	}
	if mem, ok := memory(c, ours.got); ok && p.inC == nil && !bytes.Equal(trim(c, mem), trim(c, ours.inC)) {
		t.Errorf("%s: Get: %v, in memory %x; C reads %x", what, ours.got, mem, ours.inC)
	}
	if i < 0 {
		return
	}
	want := reflect.ValueOf(p.want[i]).Convert(valueType(o)).Interface()
	inC := want
	if p.inC != nil {
		inC = p.inC[i]
	}
	if mem, ok := memory(c, inC); ok && !bytes.Equal(trim(c, ours.inC), trim(c, mem)) {
		t.Errorf("%s: C reads %x, want %x", what, ours.inC, mem)
	}
	if diff := cmp.Diff(want, ours.got, compareValues...); diff != "" {
		t.Errorf("%s: Get (-want +got):\n%s", what, diff)
	}
}

// trim returns a text without the zero bytes at its end, and anything else unchanged.
func trim(c cref.Option, p []byte) []byte {
	if c.Type == cref.OptionText {
		return bytes.TrimRight(p, "\x00")
	}
	return p
}

// plannedSocket makes the plan's socket. It skips the test if the kernel lacks the kind.
func plannedSocket(t *testing.T, ns *netns.NS, p plan) (*csock.Socket, func()) {
	t.Helper()
	s, closeAll, err := optionSocket(t, ns, p.on)
	if err != nil {
		t.Skipf("needs a socket of kind %v", err)
	}
	if p.setUp != nil {
		ns.Do(func() { err = p.setUp(s) })
		if err != nil {
			closeAll()
			t.Fatal("the plan's setUp: ", err)
		}
	}
	return s, closeAll
}

// veth0 is the index of the second interface of optionsNS.
const veth0 = 7

// optionsNS makes the namespace in which options are tested.
func optionsNS(t *testing.T) *netns.NS {
	ns := netns.New(t)
	ns.IP(t, "link add veth0 index 7 type veth peer name veth1")
	ns.IP(t, "addr add 10.9.8.7/24 dev veth0")
	ns.IP(t, "addr add fd09::7/64 dev veth0 nodad")
	ns.IP(t, "link set veth0 up")
	ns.IP(t, "link set veth1 up")
	return ns
}

// TestOptionsAreC compares csock's list with C's: the same names, at the same levels, of the same
// numbers. An option that csock has for another system is unsupported.
func TestOptionsAreC(t *testing.T) {
	seen := map[string]bool{}
	for o := range csock.Options() {
		name := o.String()
		if seen[name] {
			t.Errorf("%s is declared twice", name)
		}
		seen[name] = true
		c, ok := cOptions[name]
		if !ok {
			if o.Supported() {
				t.Errorf("%s is no option of Linux that the C reference knows", name)
			}
			continue
		}
		if !o.Supported() || int(o.Level()) != c.Level || o.Number() != c.Number ||
			o.Level().String() != c.LevelName && !slices.Contains(ambiguous, c.LevelName) {
			t.Errorf("%s: level %d (%s), number %d; C has level %d (%s), number %d",
				name, int(o.Level()), o.Level(), o.Number(), c.Level, c.LevelName, c.Number)
		}
		if !o.CanGet() && !o.CanSet() {
			t.Errorf("%s can be neither got nor set", name)
		}
	}
	for name := range cOptions {
		if why, left := leftOut[name]; left == seen[name] {
			t.Errorf("%s: declared %v, left out because %q", name, seen[name], why)
		}
	}
	for name := range plans {
		if !seen[name] {
			t.Errorf("there is a plan for %s, which is no option", name)
		}
	}
	if len(seen) < 350 {
		t.Errorf("only %d options", len(seen))
	}
}

// TestOptionsOfOtherSystems gets and sets the options that Linux lacks.
func TestOptionsOfOtherSystems(t *testing.T) {
	s := plainSocket(t, "tcp4")
	n := 0
	for o := range csock.Options() {
		if o.Supported() {
			continue
		}
		n++
		if _, err := o.GetAny(s); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%v: Get: %v, want ErrUnsupported", o, err)
		}
		if err := setAny(o, s, reflect.Zero(valueType(o)).Interface()); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%v: Set: %v, want ErrUnsupported", o, err)
		}
	}
	if n == 0 {
		t.Error("there are none: SO_NOSIGPIPE and its like should be among Options")
	}
}

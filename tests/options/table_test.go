//go:build linux && cgo

// Package options tries all socket options against C.
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
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/netns"
	"github.com/google/go-cmp/cmp"
)

// A plan says how an option is tried. An option needs one only where the defaults do not do: the socket that
// levelSocket names, and the values of defaultValues.
type plan struct {
	on    string // the socket, a key of optionSockets
	setUp func(*csock.Socket) error
	set   []any // the values to set; they convert to the option's type
	want  []any // what is then read, if not what was set
	inC   []any // the values as C has them, if they are not of numbers, strings or memory, or of a struct that C fills
	// What the kernel answers to a set or a get that it refuses here, in C as in csock. The calls' bytes are
	// compared all the same, by TestOptionsTrace.
	setErr, getErr syscall.Errno
	// What a kernel answers that is built without what the option is for. One that does not know the option answers
	// ENOPROTOOPT or EOPNOTSUPP.
	lacks syscall.Errno
	// The value is not the same on two sockets, or at two times.
	differs bool
	points  bool // C has the value as a struct sock_fprog, whose last 8 bytes are an address
}

// lacking reports whether an answer says that this kernel lacks the option.
func (p plan) lacking(errno syscall.Errno) bool {
	return errno == syscall.ENOPROTOOPT || errno == syscall.EOPNOTSUPP || p.lacks != 0 && errno == p.lacks
}

// tried is the plan of an option and the socket that it is tried on.
func tried(o csock.AnyOption, c cref.Option) plan {
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

// defaultValues are what options without values in their plan are set to, by what they are in C.
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

// setAny is Set for a value that converts to the option's type.
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

// setC is what C does for setAny. A struct is one that C has filled with the values that the plan's has.
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
		case netip.Addr:
			return c.SetMemory(fd, value.AsSlice())
		}
		return c.SetStruct(fd, i)
	}
	return c.SetInt(fd, inNetworkOrder(c, int32(int64(number(v))/unit(c))))
}

// number is a value of a bool, int or duration option as C has it, durations in nanoseconds.
func number(v reflect.Value) uint64 {
	switch {
	case v.Kind() == reflect.Bool && v.Bool():
		return 1
	case v.Kind() == reflect.Bool:
		return 0
	case v.Kind() == reflect.Struct: // of an option that any int does for
		return 0
	case v.CanUint():
		return v.Uint()
	}
	return uint64(v.Int())
}

// unit is how many nanoseconds an int that counts time counts, else 1.
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

// inNetworkOrder turns the bytes of an int round that C has in network order, on machines where that is not the native
// one.
func inNetworkOrder(c cref.Option, n int32) int32 {
	if c.Type != cref.OptionNetInt {
		return n
	}
	return int32(binary.NativeEndian.Uint32(binary.BigEndian.AppendUint32(nil, uint32(n))))
}

// memory is how C has a value in memory, and false for one that is more than a number or a string.
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

// answerSize is how much room C offers a getsockopt().
func answerSize(c cref.Option) int {
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

// errnoOf is the errno in an error, 0 of nil.
func errnoOf(err error) syscall.Errno {
	var errno syscall.Errno
	if err != nil && !errors.As(err, &errno) {
		return math.MaxInt32 // no errno's
	}
	return errno
}

// TestOptionsTable tries every option on a socket that has it: what csock sets is what C reads, and what C sets
// by the same value on a second socket reads the same; csock's getter and C's agree; where the kernel refuses,
// it refuses both alike.
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
			p := tried(o, c)
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

// What became of an option on one socket.
type tryResult struct {
	setErr, getErr syscall.Errno
	inC            []byte // what C then reads
	got            any    // what csock reads
	csockErr       error
}

// tryOption sets the i'th value of the plan, or none if i is negative, and gets the option: once csock, then C, each on
// a socket of its own. The first is closed by then, since some options are one socket's alone.
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
			r.inC, r.getErr = c.Get(s.FD(), answerSize(c))
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
		t.Skip("this kernel does not have it: ", ours.setErr)
	}
	if i >= 0 && (ours.setErr != p.setErr || theirs.setErr != p.setErr) {
		t.Fatalf("%s: csock: %v, C: %v, want %v", what, ours.setErr, theirs.setErr, p.setErr)
	}
	if i >= 0 && p.setErr != 0 || !o.CanGet() {
		return
	}
	if ours.getErr == theirs.getErr && ours.getErr == errnoOf(ours.csockErr) && ours.getErr != p.getErr && p.lacking(ours.getErr) {
		t.Skip("this kernel does not have it: ", ours.getErr)
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

// trim is a text without the zero bytes that end it; of anything else, all of it.
func trim(c cref.Option, p []byte) []byte {
	if c.Type == cref.OptionText {
		return bytes.TrimRight(p, "\x00")
	}
	return p
}

// plannedSocket makes the plan's socket. The test is skipped where the kernel has none like it.
func plannedSocket(t *testing.T, ns *netns.NS, p plan) (*csock.Socket, func()) {
	t.Helper()
	s, closeAll, err := optionSocket(t, ns, p.on)
	if err != nil {
		t.Skip("this kernel makes no such socket: ", err)
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

// optionsNS makes the namespace in which options are tried.
func optionsNS(t *testing.T) *netns.NS {
	ns := netns.New(t)
	ns.IP(t, "link add veth0 index 7 type veth peer name veth1")
	ns.IP(t, "addr add 10.9.8.7/24 dev veth0")
	ns.IP(t, "addr add fd09::7/64 dev veth0 nodad")
	ns.IP(t, "link set veth0 up")
	ns.IP(t, "link set veth1 up")
	return ns
}

// TestOptionsAreC compares csock's list with C's: the same names, at the same levels, of the same numbers. An option
// that csock has for another system is unsupported.
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
		if !o.Supported() || int(o.Level()) != c.Level || o.Number() != c.Number || o.Level().String() != c.LevelName {
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

// TestOptionsOfOtherSystems gets and sets the options that Linux has not.
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

//go:build cgo

package csock

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// An Option is a socket option whose value is a T. Each option that csock declares is a variable
// with its C name, such as [SO_REUSEADDR]. [NewOption] makes other options. A duration is rounded
// up to the system's unit, which the option's documentation names. A duration above 0 never becomes
// 0.
//
// See setsockopt(2).
type Option[T any] struct {
	declared
	c *codec[T]
}

// declared has the methods of an [Option] that do not depend on its type. Each method of a generic
// type is compiled for each of a hundred types.
type declared struct{ o *option }

// An option is all of an Option except the type of its value.
type option struct {
	name   string
	level  c_int
	number c_int
	access access
	plain  plain // of form, or notPlain if the fast path of Get and Set cannot take the option
	form   *form
}

// access says which of the two system calls an option has.
type access uint8

const (
	canGet access = 1 << iota
	canSet
	canBoth = canGet | canSet
)

// A Level is the layer or protocol of an option or a control message, such as SOL_SOCKET. Levels of
// the internet protocols have the names of the protocols, as in Level(IPPROTO_TCP). A level that
// the platform lacks is negative.
type Level int

// The levels of options. See getsockopt(2).
const (
	SOL_SOCKET  Level = sys.SOL_SOCKET // any socket
	SOL_RAW     Level = sys.SOL_RAW    // raw IP
	SOL_IP      Level = sys.IPPROTO_IP // another name of Level(IPPROTO_IP), as the next ones
	SOL_ICMP    Level = sys.IPPROTO_ICMP
	SOL_TCP     Level = sys.IPPROTO_TCP
	SOL_UDP     Level = sys.IPPROTO_UDP
	SOL_IPV6    Level = sys.IPPROTO_IPV6
	SOL_ICMPV6  Level = sys.IPPROTO_ICMPV6
	SOL_SCTP    Level = sys.IPPROTO_SCTP
	SOL_UDPLITE Level = sys.IPPROTO_UDPLITE
	SOL_PACKET  Level = sys.SOL_PACKET  // packet sockets
	SOL_NETLINK Level = sys.SOL_NETLINK // netlink
	SOL_TLS     Level = sys.SOL_TLS     // the kernel's TLS records
	SOL_MPTCP   Level = sys.SOL_MPTCP   // MPTCP
	SOL_DCCP    Level = sys.SOL_DCCP    // DCCP
	SOL_VSOCK   Level = sys.SOL_VSOCK   // control messages of vsock; options of vsock are at Level(AF_VSOCK)
)

// String returns the C name of l, such as "IPPROTO_TCP", or its number.
func (l Level) String() string { return nameOf(l, levelNames) }

// levelNames holds the levels of the declared options, in the order of [Options].
var levelNames = []name{
	{sys.SOL_SOCKET, "SOL_SOCKET"},
	{sys.IPPROTO_IP, "IPPROTO_IP"},
	{sys.IPPROTO_IPV6, "IPPROTO_IPV6"},
	{sys.IPPROTO_ICMPV6, "IPPROTO_ICMPV6"},
	{sys.SOL_RAW, "SOL_RAW"},
	{sys.IPPROTO_TCP, "IPPROTO_TCP"},
	{sys.IPPROTO_UDP, "IPPROTO_UDP"},
	{sys.IPPROTO_UDPLITE, "IPPROTO_UDPLITE"},
	{sys.IPPROTO_SCTP, "IPPROTO_SCTP"},
	{sys.SOL_DCCP, "SOL_DCCP"},
	{sys.SOL_MPTCP, "SOL_MPTCP"},
	{sys.SOL_TLS, "SOL_TLS"},
	{sys.AF_VSOCK, "AF_VSOCK"},
	{sys.SOL_NETLINK, "SOL_NETLINK"},
	{sys.SOL_PACKET, "SOL_PACKET"},
	{sys.SOL_XDP, "SOL_XDP"},
	{sys.SOL_ALG, "SOL_ALG"},
	{sys.SOL_BLUETOOTH, "SOL_BLUETOOTH"},
	{sys.SOL_L2CAP, "SOL_L2CAP"}, // prints IPPROTO_TCP, which has its number
	{sys.SOL_RFCOMM, "SOL_RFCOMM"},
	{sys.SOL_SCO, "SOL_SCO"}, // prints IPPROTO_UDP
	{sys.SOL_HCI, "SOL_HCI"}, // prints IPPROTO_IP
	{sys.SOL_CAN_BASE, "SOL_CAN_BASE"},
	{sys.SOL_CAN_RAW, "SOL_CAN_RAW"},
	{sys.SOL_CAN_ISOTP, "SOL_CAN_ISOTP"},
	{sys.SOL_CAN_J1939, "SOL_CAN_J1939"},
	{sys.SOL_KCM, "SOL_KCM"},
	{sys.SOL_MCTP, "SOL_MCTP"},
	{sys.SOL_PPPOL2TP, "SOL_PPPOL2TP"},
	{sys.SOL_RDS, "SOL_RDS"},
	{sys.SOL_RXRPC, "SOL_RXRPC"},
	{sys.SOL_TIPC, "SOL_TIPC"},
	{sys.SOL_VSOCK, "SOL_VSOCK"},
}

// options holds every option that the package declares.
var options []AnyOption

// An AnyOption is an [Option] of any type, for code that iterates over [Options].
type AnyOption interface {
	// String returns the C name.
	String() string
	// Level returns the option's level, negative if the platform has none.
	Level() Level
	// Number returns the option's number, negative if the platform has none.
	Number() int
	// Supported reports whether the platform has the option. The running kernel may still lack it.
	Supported() bool
	// NativeType returns the type of the native value, such as "bool" or "duration (int, s)".
	NativeType() string
	// CanGet reports whether getsockopt(2) supports the option.
	CanGet() bool
	// CanSet reports whether setsockopt(2) supports the option.
	CanSet() bool
	// GetAny is Get for callers that do not know the type.
	GetAny(AnySocket) (any, error)
	// GetBytes is Option.GetBytes.
	GetBytes(c AnySocket, p []byte) (int, error)
	// SetBytes is Option.SetBytes.
	SetBytes(c AnySocket, p []byte) error

	sealed()
}

// An AnySocket has socket options and requests of ioctl(2). It is a [*Socket], a [*Conn], one of
// its kinds ([*PacketConn], [*TCPConn] and so on), or a [*Listener]. A struct that embeds one of
// these is an AnySocket too. For other types with a file descriptor, such as *net.TCPConn, see
// [Borrow].
type AnySocket interface {
	// socket returns the underlying Socket, or nil.
	socket() *Socket
}

func (s *Socket) socket() *Socket { return s }

// socketOf returns the Socket underneath c, or nil. It is a function of its own to keep its callers
// short: the most frequent calls check for a *Socket themselves.
//
//go:noinline
func socketOf(c AnySocket) *Socket {
	if c == nil {
		return nil
	}
	return c.socket()
}

// Options returns all options that csock declares, including those that this platform lacks, sorted
// by level and then by number.
func Options() iter.Seq[AnyOption] { return slices.Values(sortedOptions()) }

var sortedOptions = sync.OnceValue(func() []AnyOption {
	order := func(o AnyOption) int {
		return slices.IndexFunc(levelNames,
			func(l name) bool { return l.value == int64(o.Level()) })
	}
	return slices.SortedStableFunc(slices.Values(options), func(a, b AnyOption) int {
		// Unsigned, so that options that the platform lacks come last.
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(uint32(a.Number()),
			uint32(b.Number())), strings.Compare(a.String(), b.String()))
	})
})

// declare makes and registers one of the package's own options.
func declare[T any](c *codec[T], access access, name string, level, number c_int) Option[T] {
	o := newOption(c, access, name, level, number)
	register(o)
	return o
}

// register and declaredAs are functions of their own to keep declare and newOption short, which are
// compiled for each type of value.
//
//go:noinline
func register(o AnyOption) { options = append(options, o) }

func newOption[T any](c *codec[T], access access, name string, level, number c_int) Option[T] {
	return Option[T]{declaredAs(&c.form, access, name, level, number), c}
}

// otherForm returns an option with o's name and numbers whose values have another form.
func otherForm[T, U any](o Option[U], c *codec[T]) Option[T] {
	return newOption(c, o.o.access, o.o.name, o.o.level, o.o.number)
}

// NewOption returns an option for which csock has no variable. level and number are the platform's.
// name appears in errors. T selects the native type:
//
//   - bool and int are a C int.
//   - uint32 and uint64 are uint32_t and uint64_t.
//   - string and []byte are memory. Get receives up to 1,024 bytes. A string loses its trailing
//     zero bytes.
func NewOption[T bool | int | uint32 | uint64 | string | []byte](name string, level Level,
	number int) Option[T] {
	var c any
	switch any((*T)(nil)).(type) {
	case *bool:
		c = boolCodec
	case *int:
		c = intCodec
	case *uint32:
		c = uint32Codec
	case *uint64:
		c = uint64Codec
	case *string:
		c = stringCodec
	case *[]byte:
		c = bytesCodec
	}
	return newOption(c.(*codec[T]), canBoth, name, cInt(level), cInt(number))
}

// NewDurationOption returns an option for which csock has no variable and whose native value is an
// int that counts units. If unit is not positive, Get and Set return [os.ErrInvalid].
func NewDurationOption(
	name string, level Level, number int, unit time.Duration,
) Option[time.Duration] {
	if unit <= 0 {
		return lackingOption[time.Duration](name, level, number)
	}
	return newOption(durationCodec(unit), canBoth, name, cInt(level), cInt(number))
}

//go:noinline
func declaredAs(f *form, access access, name string, level, number c_int) declared {
	o := &option{name: name, level: level, number: number, access: access, form: f}
	if o.supported() && !o.names() {
		o.plain = f.plain
	}
	return declared{o}
}

// lackingOption returns an option whose values have no native form.
func lackingOption[T any](name string, level Level, number int) Option[T] {
	return Option[T]{declared: declaredAs(&form{}, canBoth, name, cInt(level), cInt(number))}
}

// known returns o. For the zero Option it returns one that no platform has.
func (o *option) known() *option {
	if o == nil {
		return &noOption
	}
	return o
}

var noOption = option{level: -1, number: sys.CSOCK_LACKS, form: &form{}}

// The methods that Option has from declared are not inlined: the compiler makes each of them four
// times for every type of value.

// String returns the option's C name.
//
//go:noinline
func (d declared) String() string { return d.o.known().name }

// Level returns the option's level, negative if the platform has none.
//
//go:noinline
func (d declared) Level() Level { return Level(d.o.known().level) }

// Number returns the option's number, negative if the platform has none.
//
//go:noinline
func (d declared) Number() int { return int(d.o.known().number) }

// Supported reports whether the platform has the option. If it does not, Get and Set return an
// error for which errors.Is(err, errors.ErrUnsupported) holds. A kernel older than the headers
// returns ENOPROTOOPT.
//
//go:noinline
func (d declared) Supported() bool { return d.o.known().supported() }

// NativeType returns the type of the native value, such as "bool" or "duration (int, s)".
//
//go:noinline
func (d declared) NativeType() string {
	return d.o.known().form.kind
}

// CanGet reports whether getsockopt(2) supports the option.
//
//go:noinline
func (d declared) CanGet() bool { return d.o.known().access&canGet != 0 }

// CanSet reports whether setsockopt(2) supports the option.
//
//go:noinline
func (d declared) CanSet() bool { return d.o.known().access&canSet != 0 }

// GetAny is Get for callers that do not know T.
func (o Option[T]) GetAny(c AnySocket) (any, error) { return o.Get(c) }

func (d declared) sealed() {}

func (o *option) supported() bool { return o != &noOption && !lacks(o.level) && !lacks(o.number) }

// names reports whether a Unix socket without a name may get one from Linux because of the option.
// See unix(7).
func (o *option) names() bool {
	return o.level == sys.SOL_SOCKET &&
		(o.number == sys.SO_PASSCRED || o.number == sys.SO_PASSPIDFD)
}

// Get returns the option's value. See getsockopt(2).
func (o Option[T]) Get(c AnySocket) (value T, err error) {
	s, ok := c.(*Socket)
	if !ok {
		s = socketOf(c)
	}
	if o.o == nil || o.o.plain == notPlain {
		return getValue(o, s)
	}
	if err = s.enter(); err != nil {
		return value, err
	}
	r := csock_get_int(s.fd, o.o.level, o.o.number)
	s.leave()
	if r < 0 {
		return value, o.o.error("getsockopt", int(r))
	}
	// The pointer is to value and is converted to a pointer to the type underlying T, which plain
	// names.
	switch p := unsafe.Pointer(&value); o.o.plain {
	case plainBool:
		*(*bool)(p) = r != 0
	case plainInt:
		*(*int)(p) = int(int32(r))
	case plainUint32:
		*(*uint32)(p) = uint32(r)
	case plainUint8:
		*(*uint8)(p) = uint8(r)
	}
	return value, nil
}

// getValue is Get for values that are not plain.
func getValue[T any](o Option[T], s *Socket) (T, error) {
	if o.c == nil {
		var zero T
		return zero, os.ErrInvalid
	}
	if o.c.get != nil {
		return o.c.get(s, o)
	}
	v, err := s.getNative(o.o)
	return decoded(o, v, err)
}

// decoded returns the value that the kernel returned as v, or err.
func decoded[T any](o Option[T], v native, err error) (t T, _ error) {
	if err != nil {
		return t, err
	}
	t, err = o.c.decode(v)
	return t, o.o.refused(err)
}

// Set sets the option. If the value has no native form, Set returns EINVAL or EDOM without a system
// call. See setsockopt(2).
func (o Option[T]) Set(c AnySocket, value T) error {
	s, ok := c.(*Socket)
	if !ok {
		s = socketOf(c)
	}
	if o.o == nil || o.o.plain == notPlain {
		return setValue(o, s, value)
	}
	var n c_int
	// As in Get, the pointer is to value and plain names the type underlying T.
	switch p := unsafe.Pointer(&value); o.o.plain {
	case plainBool:
		n = cBool(*(*bool)(p))
	case plainInt:
		n = c_int(*(*int)(p))
		if int(n) != *(*int)(p) {
			return setValue(o, s, value) // returns the reason
		}
	case plainUint32:
		n = c_int(*(*uint32)(p))
	case plainUint8:
		n = c_int(*(*uint8)(p))
	}
	if err := s.enter(); err != nil {
		return err
	}
	r := csock_set_int(s.fd, o.o.level, o.o.number, n)
	s.leave()
	if r < 0 {
		return o.o.error("setsockopt", int(r))
	}
	return nil
}

// setValue is Set for values that are not plain.
//
//go:noinline
func setValue[T any](o Option[T], s *Socket, value T) error { return s.set(o.To(value)) }

// To returns a setting of the option to value, for [Socket.Set].
func (o Option[T]) To(value T) Setting {
	if o.c == nil {
		return Setting{}
	}
	v, err := o.c.encode(value)
	return Setting{o.o, v, err}
}

// A Setting is an option and the value to set. [Option.To] returns one.
type Setting struct {
	o   *option
	v   native
	err error // set if the value has no native form
}

// String returns the C name of the setting's option and the value, such as "TCP_KEEPIDLE=1m30s". If
// the value is memory, String gives only its length, because the memory may hold a key.
func (t Setting) String() string {
	switch {
	case t.o == nil:
		return ""
	case t.err != nil:
		return t.o.refuse(t.err).Error()
	case t.o.form.text != nil:
		return t.o.name + "=" + t.o.form.text(t.v)
	}
	return fmt.Sprintf("%s=(%d bytes)", t.o.name, len(t.v.mem))
}

// Set applies settings in order. It stops at the first that fails and returns an error with the
// option's name. Earlier settings stay applied.
func (s *Socket) Set(settings ...Setting) error {
	for i := range settings {
		if err := s.set(settings[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Socket) set(t Setting) error {
	if t.o == nil {
		return os.ErrInvalid
	}
	if t.err != nil {
		if err := s.enter(); err != nil {
			return err
		}
		s.leave()
		return t.o.refuse(t.err)
	}
	return s.setNative(t.o, t.v)
}

// error returns the error of a call on the option, from the helper's negative result.
func (o *option) error(call string, negative int) error {
	return newCallError(call+"("+o.name+")", negative)
}

// refuse returns the error of an option that the platform lacks, or of a value that csock does not
// pass to the system. No system call was made.
func (o *option) refuse(err error) error { return fmt.Errorf("csock: %s: %w", o.name, err) }

// refused is refuse for an err that may be nil.
func (o *option) refused(err error) error {
	if err == nil {
		return nil
	}
	return o.refuse(err)
}

// enterFor is enter for a call on an option. The error of a closed socket comes before the error of
// an option that the platform lacks.
func (s *Socket) enterFor(o *option) error {
	err := s.enter()
	if err == nil && !o.supported() {
		s.leave()
		err = o.refuse(errors.ErrUnsupported)
	}
	return err
}

// setNative makes the setsockopt(2) call.
func (s *Socket) setNative(o *option, v native) error {
	if err := s.enterFor(o); err != nil {
		return err
	}
	if o.names() {
		s.named.Store(true)
	}
	level := cmp.Or(v.level, o.level)
	var r c_int
	switch o.form.shape {
	case shapeInt:
		r = csock_set_int(s.fd, level, o.number, c_int(v.num))
	case shapeUint64:
		r = csock_set_u64(s.fd, level, o.number, uint64_t(v.num))
	case shapeTimeval:
		r = csock_set_timeval(s.fd, level, o.number, int64_t(v.num))
	case shapeLinger:
		r = csock_set_linger(s.fd, level, o.number, int64_t(v.num))
	case shapeFprog:
		r = csock_set_fprog(s.fd, level, o.number, bytesPtr(v.mem), size_t(len(v.mem)))
	case shapeBytes:
		r = csock_set_bytes(s.fd, level, o.number, bytesPtr(v.mem), size_t(len(v.mem)))
	}
	s.leave()
	if r < 0 {
		return o.error("setsockopt", int(r))
	}
	return nil
}

// getNative makes the getsockopt(2) call.
func (s *Socket) getNative(o *option) (native, error) {
	if err := s.enterFor(o); err != nil {
		return native{}, err
	}
	var v native
	var r int64
	size := o.form.size
	switch o.form.shape {
	case shapeInt:
		r = getInt(s.fd, o)
		v.num = uint64(r)
	case shapeUint64:
		var num uint64_t
		r = int64(csock_get_u64(s.fd, o.level, o.number, &num))
		v.num = uint64(num)
	case shapeTimeval:
		var us int64_t
		r = int64(csock_get_timeval(s.fd, o.level, o.number, &us))
		v.num = uint64(us)
	case shapeLinger:
		var seconds int64_t
		r = int64(csock_get_linger(s.fd, o.level, o.number, &seconds))
		v.num = uint64(seconds)
	case shapeBytes:
		v.mem, r = getBytes(s.fd, o, size)
	case shapeFprog:
		v.mem = make([]byte, size)
		r = int64(csock_get_fprog(s.fd, o.level, o.number, bytesPtr(v.mem), size_t(size)))
		v.mem = v.mem[:max(0, min(r, int64(size)))]
	}
	s.leave()
	if r < 0 {
		return native{}, o.error("getsockopt", int(r))
	}
	return v, nil
}

// getInt returns the 32 bits of an int option, or minus errno.
func getInt(fd csock_fd, o *option) int64 {
	return int64(csock_get_int(fd, o.level, o.number))
}

// getBytes returns the memory of an option, or minus errno. It offers the kernel size bytes, and
// more as long as the kernel reports that they do not suffice.
func getBytes(fd csock_fd, o *option, size int) (mem []byte, r int64) {
	moreRoom(size, func(n int) bool {
		mem = make([]byte, n)
		r = int64(csock_get_bytes(fd, o.level, o.number, bytesPtr(mem), size_t(n)))
		return r == -int64(sys.ERANGE) && n < maxGetBytes
	})
	return mem[:max(0, min(r, int64(len(mem))))], r
}

// maxGetBytes is larger than any option's value: the 65,536 groups of SO_PEERGROUPS take a quarter
// of it.
const maxGetBytes = 1 << 20

// GetWith returns the option's value, where the kernel also reads the memory into which it writes
// the value. in says, for example, which association of an SCTP socket or which keys to return. The
// option's documentation says which fields of in the kernel reads. See getsockopt(2).
func (o Option[T]) GetWith(c AnySocket, in T) (T, error) {
	if o.c == nil {
		var zero T
		return zero, os.ErrInvalid
	}
	if o.c.getWith != nil {
		return o.c.getWith(socketOf(c), o, in)
	}
	v, err := o.c.encode(in)
	v, err = o.o.getWith(socketOf(c), v, err)
	return decoded(o, v, err)
}

// getWith makes the getsockopt(2) call of GetWith. v is the encoded request, and refused is the
// error of encoding it.
func (o *option) getWith(s *Socket, v native, refused error) (native, error) {
	if err := s.enterFor(o); err != nil {
		return native{}, err
	}
	if refused == nil {
		v.mem, refused = memoryOf(o.form, v)
	}
	if refused != nil {
		s.leave()
		return native{}, o.refuse(refused)
	}
	level := cmp.Or(v.level, o.level)
	var r ssize_t
	moreRoom(len(v.mem), func(n int) bool {
		v.mem = append(v.mem, make([]byte, n-len(v.mem))...)
		r = csock_get_bytes(s.fd, level, o.number, bytesPtr(v.mem), size_t(cmp.Or(o.form.each, n)))
		return r < 0 && syscall.Errno(-r) == o.form.short && n < maxGetBytes
	})
	s.leave()
	if r < 0 {
		return native{}, o.error("getsockopt", int(r))
	}
	if !o.form.whole {
		v.mem = v.mem[:min(int(r), len(v.mem))]
	}
	if o.form.shape == shapeInt {
		var n c_int
		copy(bytesOf(&n), v.mem)
		v.num = uint64(n)
	}
	return v, nil
}

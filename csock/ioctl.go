//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"sync"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// An Ioctl is a request of ioctl(2) whose value is a T. Requests are variables under their C names,
// such as [FIONREAD]. NewIoctl makes requests that csock does not define.
type Ioctl[T any] struct {
	r   *request
	get func(*Socket, *request) (T, error)
	set func(*Socket, *request, T) error
}

// An IoctlOf is a request of ioctl(2) about the object that a key names, usually an interface by
// its name. Its value is a T. Interfaces are those of the socket's network namespace. See
// netdevice(7).
type IoctlOf[K, T any] struct {
	r   *request
	get func(*Socket, *request, K) (T, error)
	set func(*Socket, *request, K, T) error
}

// A request holds the properties of a request besides its value's type.
type request struct {
	name   string
	number c_ulong // 0: the platform lacks it
}

// noRequest is the request of the zero Ioctl. No platform has it.
var noRequest request

func (r *request) known() *request {
	if r == nil {
		return &noRequest
	}
	return r
}

// call is the request as errors name it.
func (r *request) call() string { return "ioctl(" + r.known().name + ")" }

// begin is Socket.enter for a request. The error of a closed socket takes precedence over one about
// the request. cannot is the error of a request without the direction.
func (r *request) begin(s *Socket, can bool, cannot error) error {
	if err := s.enter(); err != nil {
		return err
	}
	switch {
	case r.known().number == 0:
		return r.refuse(s, errors.ErrUnsupported)
	case !can:
		return r.refuse(s, cannot)
	}
	return nil
}

// end is Socket.leave for a request. It returns the request's result as an error.
func (r *request) end(s *Socket, result c_int) error {
	s.leave()
	if result < 0 {
		return newCallError(r.call(), int(result))
	}
	return nil
}

// refuse is end for a request that was not made.
func (r *request) refuse(s *Socket, err error) error {
	s.leave()
	return refused(r.call(), err)
}

// String returns the C name.
func (i Ioctl[T]) String() string { return i.r.known().name }

// Number returns the request's number, 0 if the platform has none.
func (i Ioctl[T]) Number() uint { return uint(i.r.known().number) }

// Supported reports whether the platform has the request. If not, Get and Set return an error for
// which errors.Is(err, errors.ErrUnsupported) holds.
func (i Ioctl[T]) Supported() bool { return i.r.known().number != 0 }

// Get returns the request's value. It returns ENOTTY for a request that only sets.
func (i Ioctl[T]) Get(c AnySocket) (value T, err error) {
	s := socketOf(c)
	if err := i.r.begin(s, i.get != nil, errNoGetRequest); err != nil {
		return value, err
	}
	return i.get(s, i.r)
}

// Set makes the request with a value. It returns ENOTTY for a request that only gets.
func (i Ioctl[T]) Set(c AnySocket, value T) error {
	s := socketOf(c)
	if err := i.r.begin(s, i.set != nil, errNoSetRequest); err != nil {
		return err
	}
	return i.set(s, i.r, value)
}

// String returns the C name.
func (i IoctlOf[K, T]) String() string { return i.r.known().name }

// Number returns the request's number, 0 if the platform has none.
func (i IoctlOf[K, T]) Number() uint { return uint(i.r.known().number) }

// Supported reports whether the platform has the request, as [Ioctl.Supported] does.
func (i IoctlOf[K, T]) Supported() bool { return i.r.known().number != 0 }

// Get returns the value for key. It returns ENOTTY for a request that only sets, and ENODEV for a
// name that is too long for an interface.
func (i IoctlOf[K, T]) Get(c AnySocket, key K) (value T, err error) {
	s := socketOf(c)
	if err := i.r.begin(s, i.get != nil, errNoGetRequest); err != nil {
		return value, err
	}
	return i.get(s, i.r, key)
}

// Set makes the request with a value for key. It returns ENOTTY for a request that only gets.
func (i IoctlOf[K, T]) Set(c AnySocket, key K, value T) error {
	s := socketOf(c)
	if err := i.r.begin(s, i.set != nil, errNoSetRequest); err != nil {
		return err
	}
	return i.set(s, i.r, key, value)
}

// NewIoctl makes a request that csock has no variable for. Its argument is memory that T describes:
// a fixed-size integer, or a struct or array of those. T may be a C struct that the caller defines.
// Get passes zeroed memory, Set the value. If T holds pointers, slices, strings or maps, Get and
// Set return EINVAL.
func NewIoctl[T any](name string, number uint) Ioctl[T] {
	plain := isPlain(reflect.TypeFor[T]())
	exchange := func(s *Socket, r *request, value T) (T, error) {
		if !plain {
			return value, r.refuse(s, syscall.EINVAL)
		}
		res := s.ioctl(r.number, bytesOf(&value))
		return value, r.end(s, res)
	}
	return Ioctl[T]{
		r: &request{name, c_ulong(number)},
		get: func(s *Socket, r *request) (T, error) {
			var zero T
			return exchange(s, r, zero)
		},
		set: func(s *Socket, r *request, value T) error {
			_, err := exchange(s, r, value)
			return err
		},
	}
}

// isPlain reports whether a type holds only fixed-size integers and uintptrs.
func isPlain(t reflect.Type) bool {
	switch k := t.Kind(); k {
	case reflect.Struct:
		for i := range t.NumField() {
			if !isPlain(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Array:
		return isPlain(t.Elem())
	default:
		return k >= reflect.Int8 && k <= reflect.Int64 || k >= reflect.Uint8 && k <= reflect.Uintptr
	}
}

// Ioctl makes a request of ioctl(2) with memory that the system reads and writes, or with none
// (nil), and returns its result. If arg is shorter than what the request writes, Ioctl fills it and
// discards the rest. The caller must pin what pointers in arg point to, or keep it outside Go's
// memory. See ioctl(2).
func (s *Socket) Ioctl(number uint, arg []byte) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	r := s.ioctl(c_ulong(number), arg)
	s.leave()
	if r < 0 {
		return 0, callIoctl.error(int(r))
	}
	return int(r), nil
}

// IoctlInt makes a request of ioctl(2) whose argument is a number instead of memory, and returns
// its result. See ioctl(2).
func (s *Socket) IoctlInt(number uint, arg int) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	r := csock_ioctl_value(s.fd, c_ulong(number), c_long(arg))
	s.leave()
	if r < 0 {
		return 0, callIoctl.error(int(r))
	}
	return int(r), nil
}

// ioctlRoom exceeds the 14 bits of size in a request's number, and the structs of requests whose
// numbers have no size.
const ioctlRoom = 1 << 14

var ioctlRooms = sync.Pool{New: func() any { return new([ioctlRoom]byte) }}

// ioctl makes a request within a call. The system gets memory with room for all that a request can
// write, so that it writes nothing past arg.
func (s *Socket) ioctl(number c_ulong, arg []byte) c_int {
	if arg == nil {
		return csock_ioctl(s.fd, number, nil)
	}
	if len(arg) >= ioctlRoom {
		return csock_ioctl(s.fd, number, bytesPtr(arg))
	}
	room := ioctlRooms.Get().(*[ioctlRoom]byte)
	copy(room[:], arg)
	r := csock_ioctl(s.fd, number, bytesPtr(room[:]))
	copy(arg, room[:])
	clear(room[:len(arg)])
	ioctlRooms.Put(room)
	return r
}

// The kinds of requests.

// newRequest makes a request with a number from the platform's headers, which is negative if they
// lack it.
func newRequest(name string, number int64) *request {
	return &request{name, c_ulong(max(number, 0))}
}

func newIoctl[T any](
	name string, number int64,
	get func(*Socket, *request) (T, error), set func(*Socket, *request, T) error,
) Ioctl[T] {
	return Ioctl[T]{newRequest(name, number), get, set}
}

// getIntIoctl and setIntIoctl are for a C int. Numbers of requests that set one may mean requests
// that write more on sockets of another family.
func getIntIoctl[T ~int](s *Socket, r *request) (T, error) {
	n, err := getNativeIoctl[c_int](s, r)
	return T(n), err
}

// getNativeIoctl is for a request that fills an N.
func getNativeIoctl[N any](s *Socket, r *request) (n N, err error) {
	err = r.end(s, csock_ioctl(s.fd, r.number, bytesPtr(bytesOf(&n))))
	return n, err
}

func setIntIoctl[T ~int](s *Socket, r *request, value T) error {
	n := c_int(value)
	if T(n) != value {
		return r.refuse(s, syscall.EINVAL)
	}
	return r.end(s, s.ioctl(r.number, bytesOf(&n)))
}

func setBoolIoctl(s *Socket, r *request, on bool) error {
	return setIntIoctl(s, r, int(cBool(on)))
}

func getBoolIoctl(s *Socket, r *request) (bool, error) {
	n, err := getIntIoctl[int](s, r)
	return n != 0, err
}

// setNothingIoctl is for a request without an argument.
func setNothingIoctl(s *Socket, r *request, _ struct{}) error {
	return r.end(s, csock_ioctl(s.fd, r.number, nil))
}

// setAddrIoctl is for a request whose argument is an address.
func setAddrIoctl(s *Socket, r *request, a SockAddr) error {
	return r.end(s, s.ioctl(r.number, a.native()))
}

func getTimevalIoctl(s *Socket, r *request) (time.Time, error) {
	t, err := getNativeIoctl[struct_timeval](s, r)
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(int64(t.tv_sec), int64(t.tv_usec)*1000), nil
}

func getTimespecIoctl(s *Socket, r *request) (time.Time, error) {
	t, err := getNativeIoctl[struct_timespec](s, r)
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(int64(t.tv_sec), int64(t.tv_nsec)), nil
}

// getFileIoctl is for requests whose result is a new descriptor.
func getFileIoctl(s *Socket, r *request) (*os.File, error) {
	fd := csock_ioctl(s.fd, r.number, nil)
	if err := r.end(s, fd); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), r.name), nil
}

func newIfIoctl[T any](
	name string, number int64, get func([]byte) T, put func([]byte, T) error,
) IoctlOf[string, T] {
	i := IoctlOf[string, T]{r: newRequest(name, number)}
	if get != nil {
		i.get = func(s *Socket, r *request, ifname string) (value T, err error) {
			var req struct_ifreq
			if err := s.ioctlIfreq(r, &req, ifname); err != nil {
				return value, err
			}
			return get(ifreqValue(&req)), nil
		}
	}
	if put != nil {
		i.set = func(s *Socket, r *request, ifname string, value T) error {
			var req struct_ifreq
			if err := put(ifreqValue(&req), value); err != nil {
				return r.refuse(s, err)
			}
			return s.ioctlIfreq(r, &req, ifname)
		}
	}
	return i
}

// newIfnameIoctl is for a request that returns the name of the interface with an index.
func newIfnameIoctl(name string, number int64) IoctlOf[int, string] {
	return IoctlOf[int, string]{r: newRequest(name, number),
		get: func(s *Socket, r *request, index int) (string, error) {
			var req struct_ifreq
			if putIfInt(ifreqValue(&req), index) != nil {
				return "", r.refuse(s, syscall.ENODEV)
			}
			res := csock_ioctl(s.fd, r.number, bytesPtr(bytesOf(&req)))
			return ifreqName(bytesOf(&req)), r.end(s, res)
		}}
}

// ifreqValue returns the union of a struct ifreq.
func ifreqValue(req *struct_ifreq) []byte { return bytesOf(req)[csock_IFREQ_VALUE:] }

// ioctlIfreq makes a request about an interface, and ends it.
func (s *Socket) ioctlIfreq(r *request, req *struct_ifreq, ifname string) error {
	if !putIfname(bytesOf(req)[:sys.IF_NAMESIZE], ifname) {
		return r.refuse(s, syscall.ENODEV)
	}
	return r.end(s, csock_ioctl(s.fd, r.number, bytesPtr(bytesOf(req))))
}

// ifreqName returns the name in a struct ifreq.
func ifreqName(req []byte) string { return cString(req[:sys.IF_NAMESIZE]) }

func getIfInt(v []byte) int          { return getIfNumber[c_int, int](v) }
func putIfInt(v []byte, n int) error { return putIfNumber[c_int](v, n) }

// getIfNumber and putIfNumber are for a number that is an N in C.
func getIfNumber[N ~int32 | uint16, T ~int](v []byte) T {
	n, _ := load[N](v)
	return T(n)
}

func putIfNumber[N ~int32 | uint16, T ~int](v []byte, value T) error {
	n := N(value)
	if T(n) != value {
		return syscall.EINVAL
	}
	copy(v, bytesOf(&n))
	return nil
}

// getIfAddr reads a struct sockaddr.
func getIfAddr(v []byte) SockAddr { return sockAddrOf(v[:sizeof_struct_sockaddr]) }

func putIfAddr(v []byte, a SockAddr) error {
	if !a.isIPv4() {
		return fmt.Errorf("%v: %w", a, syscall.EINVAL)
	}
	copy(v[:sizeof_struct_sockaddr], a.native())
	return nil
}

func putIfName(v []byte, name string) error {
	if !putIfname(v[:sys.IF_NAMESIZE], name) {
		return syscall.EINVAL
	}
	return nil
}

// An IfHwaddr is the ifr_hwaddr of a struct ifreq: an interface's hardware address. See
// netdevice(7).
type IfHwaddr struct {
	Type HardwareType
	Addr net.HardwareAddr // 6 bytes
}

func getIfHwaddr(v []byte) IfHwaddr {
	family, _ := load[HardwareType](v)
	return IfHwaddr{family, append(net.HardwareAddr(nil), v[2:2+hwaddrLen]...)}
}

func putIfHwaddr(v []byte, hw IfHwaddr) error {
	if len(hw.Addr) != hwaddrLen {
		return fmt.Errorf("address of %d bytes: %w", len(hw.Addr), syscall.EINVAL)
	}
	copy(v, bytesOf(&hw.Type))
	copy(v[2:], hw.Addr)
	return nil
}

const hwaddrLen = 6

// An Ifreq is an entry of SIOCGIFCONF: an interface that has an address. It is a struct ifreq.
type Ifreq struct {
	Name string
	Addr SockAddr
}

// getIfconf has enough room if the result leaves some of it unused.
func getIfconf(s *Socket, r *request) ([]Ifreq, error) {
	var mem []byte
	var used c_int
	moreRoom(32, func(n int) bool {
		mem = make([]byte, n*sizeof_struct_ifreq)
		used = csock_ifconf(s.fd, r.number, bytesPtr(mem), size_t(len(mem)))
		return used >= 0 && int(used) > len(mem)-sizeof_struct_ifreq
	})
	if err := r.end(s, used); err != nil {
		return nil, err
	}
	var list []Ifreq
	for mem := mem[:used]; len(mem) >= sizeof_struct_ifreq; mem = mem[sizeof_struct_ifreq:] {
		list = append(list, Ifreq{ifreqName(mem), getIfAddr(mem[csock_IFREQ_VALUE:])})
	}
	return list, nil
}

// newIfDataIoctl is for requests whose struct ifreq points to an N.
func newIfDataIoctl[T, N any](
	name string, number int64, encode func(T) N, decode func(N) T, can access,
) IoctlOf[string, T] {
	exchange := func(s *Socket, r *request, ifname string, n *N) error {
		var name [sys.IF_NAMESIZE]byte
		if !putIfname(name[:], ifname) {
			return r.refuse(s, syscall.ENODEV)
		}
		return r.end(s, csock_ioctl_ifreq_data(s.fd, r.number, bytesPtr(name[:]),
			bytesPtr(bytesOf(n))))
	}
	i := IoctlOf[string, T]{r: newRequest(name, number)}
	if can&canGet != 0 {
		i.get = func(s *Socket, r *request, ifname string) (value T, err error) {
			n := encode(value)
			if err := exchange(s, r, ifname, &n); err != nil {
				return value, err
			}
			return decode(n), nil
		}
	}
	if can&canSet != 0 {
		i.set = func(s *Socket, r *request, ifname string, value T) error {
			n := encode(value)
			return exchange(s, r, ifname, &n)
		}
	}
	return i
}

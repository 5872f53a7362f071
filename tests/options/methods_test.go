//go:build linux && cgo

package options

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
)

// A method is a getter of Socket, the key in methods, and its setter, which has "Set" before that
// name.
type method struct {
	option csock.AnyOption
	on     string   // the socket, if not the one that levelSocket names
	setter string   // the setter's name, if that is another
	set    any      // a value that the option does not have at first; nil if there is no setter and the option cannot be set
	want   any      // the value then read, if not the one that was set
	also   []string // the options whose value changes as well
	later  bool     // the value takes effect once a peer has agreed to it, which TestDCCP tests
}

var methods = map[string]method{
	"ReuseAddress":    {option: csock.SO_REUSEADDR, set: true},
	"Broadcast":       {option: csock.SO_BROADCAST, on: "udp4", set: true},
	"Keepalive":       {option: csock.SO_KEEPALIVE, set: true},
	"Linger":          {option: csock.SO_LINGER, set: 3 * time.Second},
	"OutOfBandInline": {option: csock.SO_OOBINLINE, set: true},
	"Passcred":        {option: csock.SO_PASSCRED, on: "unix", set: true},
	"Priority":        {option: csock.SO_PRIORITY, set: 5},
	"RecvBufferSize":  {option: csock.SO_RCVBUF, set: 10000, want: 20000, also: []string{"SO_BUF_LOCK"}},
	"SendBufferSize":  {option: csock.SO_SNDBUF, set: 10000, want: 20000, also: []string{"SO_BUF_LOCK"}},
	"ReadTimeout":     {option: csock.SO_RCVTIMEO, set: 3 * time.Second, also: []string{"SO_RCVTIMEO_OLD", "SO_RCVTIMEO_NEW"}},
	"WriteTimeout":    {option: csock.SO_SNDTIMEO, set: 3 * time.Second, also: []string{"SO_SNDTIMEO_OLD", "SO_SNDTIMEO_NEW"}},
	"Mark":            {option: csock.SO_MARK, set: uint32(7)},
	"Device":          {option: csock.SO_BINDTODEVICE, setter: "BindDevice", set: "lo", also: []string{"SO_BINDTOIFINDEX"}},
	"DeviceIndexV4":   {option: csock.SO_BINDTOIFINDEX, setter: "BindDeviceByIndexV4", set: 1, also: []string{"SO_BINDTODEVICE"}},
	"DeviceIndexV6":   {option: csock.SO_BINDTOIFINDEX, on: "tcp6", setter: "BindDeviceByIndexV6", set: 1, also: []string{"SO_BINDTODEVICE"}},
	"CPUAffinity":     {option: csock.SO_INCOMING_CPU, set: 0},
	"ReusePort":       {option: csock.SO_REUSEPORT, set: true},
	"BusyPoll":        {option: csock.SO_BUSY_POLL, set: 50 * time.Microsecond},
	"Cookie":          {option: csock.SO_COOKIE},
	"Type":            {option: csock.SO_TYPE},
	"Domain":          {option: csock.SO_DOMAIN},
	"Protocol":        {option: csock.SO_PROTOCOL},
	"IsListener":      {option: csock.SO_ACCEPTCONN, on: "tcp4 listening"},

	"TTLV4":            {option: csock.IP_TTL, set: 9},
	"TOSV4":            {option: csock.IP_TOS, set: csock.TrafficClass(0x08), also: []string{"SO_PRIORITY"}},
	"RecvTOSV4":        {option: csock.IP_RECVTOS, set: true},
	"HeaderIncludedV4": {option: csock.IP_HDRINCL, on: "raw4", set: true},
	"IPTransparentV4":  {option: csock.IP_TRANSPARENT, set: true},
	"FreebindV4":       {option: csock.IP_FREEBIND, set: true},
	"MulticastIfV4":    {option: csock.IP_MULTICAST_IF, set: netip.MustParseAddr("10.9.8.7")},
	"MulticastTTLV4":   {option: csock.IP_MULTICAST_TTL, set: 9},
	"MulticastLoopV4":  {option: csock.IP_MULTICAST_LOOP, set: false},
	"MulticastAllV4":   {option: csock.IP_MULTICAST_ALL, set: false},

	"OnlyV6":           {option: csock.IPV6_V6ONLY, set: true},
	"UnicastHopsV6":    {option: csock.IPV6_UNICAST_HOPS, set: 9},
	"TclassV6":         {option: csock.IPV6_TCLASS, set: csock.TrafficClass(8)},
	"RecvTclassV6":     {option: csock.IPV6_RECVTCLASS, set: true},
	"RecvHoplimitV6":   {option: csock.IPV6_RECVHOPLIMIT, set: true},
	"HeaderIncludedV6": {option: csock.IPV6_HDRINCL, on: "rawudp6", set: true},
	"IPTransparentV6":  {option: csock.IPV6_TRANSPARENT, set: true, also: []string{"IP_TRANSPARENT"}}, // one bit of the kernel's
	"FreebindV6":       {option: csock.IPV6_FREEBIND, set: true, also: []string{"IP_FREEBIND"}},
	"MulticastIfV6":    {option: csock.IPV6_MULTICAST_IF, set: 1},
	"MulticastHopsV6":  {option: csock.IPV6_MULTICAST_HOPS, set: 9},
	"MulticastLoopV6":  {option: csock.IPV6_MULTICAST_LOOP, set: false},
	"MulticastAllV6":   {option: csock.IPV6_MULTICAST_ALL, set: false},

	"TCPKeepaliveTime":      {option: csock.TCP_KEEPIDLE, set: 90 * time.Second},
	"TCPKeepaliveInterval":  {option: csock.TCP_KEEPINTVL, set: 9 * time.Second},
	"TCPKeepaliveRetries":   {option: csock.TCP_KEEPCNT, set: 4},
	"TCPNodelay":            {option: csock.TCP_NODELAY, set: true},
	"TCPMSS":                {option: csock.TCP_MAXSEG, set: 1000},
	"TCPCork":               {option: csock.TCP_CORK, set: true},
	"TCPQuickack":           {option: csock.TCP_QUICKACK, set: false},
	"TCPThinLinearTimeouts": {option: csock.TCP_THIN_LINEAR_TIMEOUTS, set: true},
	"TCPNotsentLowat":       {option: csock.TCP_NOTSENT_LOWAT, set: uint32(4096)},
	"TCPUserTimeout":        {option: csock.TCP_USER_TIMEOUT, set: 1500 * time.Millisecond},
	"TCPCongestion":         {option: csock.TCP_CONGESTION, set: "reno"},

	"DCCPService":        {option: csock.DCCP_SOCKOPT_SERVICE, on: "dccp", set: uint32(0x01020304)},
	"DCCPTxCCID":         {option: csock.DCCP_SOCKOPT_TX_CCID, on: "dccp accepted"},
	"DCCPRxCCID":         {option: csock.DCCP_SOCKOPT_RX_CCID, on: "dccp accepted"},
	"DCCPServerTimewait": {option: csock.DCCP_SOCKOPT_SERVER_TIMEWAIT, on: "dccp accepted", set: true},
	"DCCPSendCscov":      {option: csock.DCCP_SOCKOPT_SEND_CSCOV, on: "dccp", set: 3, later: true},
	"DCCPRecvCscov":      {option: csock.DCCP_SOCKOPT_RECV_CSCOV, on: "dccp", set: 4, later: true},
	"DCCPQpolicyTxqlen":  {option: csock.DCCP_SOCKOPT_QPOLICY_TXQLEN, on: "dccp", set: 9},
	"DCCPAvailableCCIDs": {option: csock.DCCP_SOCKOPT_AVAILABLE_CCIDS, on: "dccp"},
	"DCCPCurMPS":         {option: csock.DCCP_SOCKOPT_GET_CUR_MPS, on: "dccp accepted"},

	// Of other systems.
	"ReusePortLB": {option: csock.SO_REUSEPORT_LB, set: true},
}

// setOnly are the setters without a getter, by name.
var setOnly = map[string]method{
	"SetNosigpipe": {option: csock.SO_NOSIGPIPE, set: true},
	"SetFIB":       {option: csock.SO_SETFIB, set: uint32(1)},
}

// otherMethods are those that look like methods of one option but are not, or have tests of their
// own.
var otherMethods = []string{
	"SetNonblocking", "SetCloexec", "SetNoInherit", "SetTCPAckFrequency", "SetTCPKeepalive", "SetMulticastIfV4N", "SetPacketFanoutEBPF",
	"SetDCCPCCID", "Nonblocking", "LocalAddr", "PeerAddr", "PeekSender", "TakeError", "TryClone", "Detach",
	"IntoConn", "IntoTCPConn", "IntoUDPConn", "IntoIPConn", "IntoUnixConn", "IntoFile", "IntoListener", "IntoNetConn",
	"IntoNetListener", "IntoNetPacketConn", "IntoPacketConn", "OriginalDstV4", "OriginalDstV6", "SockAtMark",
}

// unsteady are the options whose value changes over time, or that a Get changes.
var unsteady = []string{"SO_ERROR", "SO_PEERPIDFD", "SO_MEMINFO", "TCP_INFO", "TCP_TIMESTAMP", "TCP_CC_INFO"}

// TestOptionMethods tries each method of Socket for one option: the setter sets that option, as C
// reads it, and no other one; the getter returns it.
func TestOptionMethods(t *testing.T) {
	if strconv.IntSize != 64 {
		t.Skip("compares memory as C of 64 bits has it")
	}
	ns := optionsNS(t)
	try := func(setter, getter string, m method) {
		t.Run(cmp.Or(getter, setter), func(t *testing.T) {
			o := m.option
			set := func(s *csock.Socket) error { return setAny(o, s, m.set) }
			if setter != "" {
				set = func(s *csock.Socket) error { return lastError(callMethod(s, setter, m.set)) }
			}
			get := func(s *csock.Socket) (any, error) {
				out := callMethod(s, getter)
				return out[0].Interface(), lastError(out)
			}
			if !o.Supported() {
				s := plainSocket(t, "tcp4")
				before := valuesInC(s)
				lacks := func(err error) {
					t.Helper()
					if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), o.String()) {
						t.Errorf("%v, want %s and ErrUnsupported", err, o)
					}
				}
				lacks(set(s))
				if getter != "" {
					_, err := get(s)
					lacks(err)
				}
				changes(t, before, valuesInC(s), nil)
				return
			}
			c := cOptions[o.String()]
			s, closeAll, err := optionSocket(t, ns, cmp.Or(m.on, levelSocket(o.Level().String())))
			if err != nil {
				// Another kind of socket lacks the option, and csock reports that like C.
				s := plainSocket(t, "tcp4")
				if _, errno := c.GetInt(s.FD()); errno == 0 || !errors.Is(lastError(callMethod(s, getter)), errno) {
					t.Errorf("of a TCP socket: %v, C: %v", lastError(callMethod(s, getter)), errno)
				}
				if errno := c.SetInt(s.FD(), 1); m.set != nil && (errno == 0 || !errors.Is(set(s), errno)) {
					t.Errorf("of a TCP socket: %v, C: %v", set(s), errno)
				}
				t.Skipf("needs a socket of kind %v", err)
			}
			defer closeAll()
			// The getter returns the value of the option's variable; of a list, the first element.
			returns := func() any {
				t.Helper()
				want, err := o.GetAny(s)
				check(t, err)
				got, err := get(s)
				check(t, err)
				if list := reflect.ValueOf(want); list.Kind() == reflect.Slice && list.Type().Elem() == reflect.TypeOf(got) {
					want = list.Index(0).Interface()
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("the getter returns %v, %v is %v", got, o, want)
				}
				return got
			}
			if m.set == nil {
				if got := returns(); reflect.ValueOf(got).IsZero() {
					t.Errorf("the getter returns %v", got)
				}
				return
			}
			if _, err := o.GetAny(s); (plan{}).lacking(errnoOf(err)) {
				t.Skipf("needs %v: %v", o, err)
			}
			returns()
			before := valuesInC(s)
			check(t, set(s))
			after := valuesInC(s)
			if m.later {
				changes(t, before, after, nil)
				return
			}
			changes(t, before, after, append(m.also, o.String()))
			want := m.want
			if want == nil {
				want = m.set
			}
			if mem, ok := memory(c, want); ok && !bytes.Equal(trim(c, []byte(after[o.String()])), trim(c, mem)) {
				t.Errorf("C reads %x, want %x", after[o.String()], mem)
			}
			if got := returns(); !reflect.DeepEqual(got, want) {
				t.Errorf("the getter returns %v, want %v", got, want)
			}
		})
	}
	socket := reflect.TypeFor[*csock.Socket]()
	for _, getter := range slices.Sorted(maps.Keys(methods)) {
		m := methods[getter]
		setter := cmp.Or(m.setter, "Set"+getter)
		if _, ok := socket.MethodByName(setter); !ok && m.setter == "" {
			setter = ""
		}
		try(setter, getter, m)
	}
	for _, setter := range slices.Sorted(maps.Keys(setOnly)) {
		try(setter, "", setOnly[setter])
	}
}

// callMethod calls a method of Socket by its name.
func callMethod(s *csock.Socket, name string, args ...any) []reflect.Value {
	f := reflect.ValueOf(s).MethodByName(name)
	var in []reflect.Value
	for i, a := range args {
		in = append(in, reflect.ValueOf(a).Convert(f.Type().In(i)))
	}
	return f.Call(in)
}

// lastError returns a method's last result, the error.
func lastError(out []reflect.Value) error {
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

// valuesInC reads with C all options that keep their value, as memory, except those that the socket
// lacks.
func valuesInC(s *csock.Socket) map[string]string {
	values := map[string]string{}
	for name, c := range cOptions {
		if slices.Contains(unsteady, name) || slices.Contains(ambiguous, c.LevelName) {
			continue
		}
		if p, errno := c.Get(s.FD(), resultSize(c)); errno == 0 {
			values[name] = string(p)
		}
	}
	return values
}

// changes checks which options have another value than before.
func changes(t *testing.T, before, after map[string]string, want []string) {
	t.Helper()
	changed := map[string]bool{}
	for name := range before {
		changed[name] = after[name] != before[name]
	}
	for name := range after {
		changed[name] = after[name] != before[name]
	}
	maps.DeleteFunc(changed, func(_ string, is bool) bool { return !is })
	got := slices.Sorted(maps.Keys(changed))
	want = slices.Clone(want)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("changed %v, want %v", got, want)
	}
}

// TestOptionMethodsAll goes over the methods of Socket: TestOptionMethods tries those that look
// like an option's.
func TestOptionMethodsAll(t *testing.T) {
	left := map[string]bool{}
	for _, name := range otherMethods {
		left[name] = true
	}
	setters := map[string]bool{}
	for getter, m := range methods {
		setters[cmp.Or(m.setter, "Set"+getter)] = true
	}
	socket, failure := reflect.TypeFor[*csock.Socket](), reflect.TypeFor[error]()
	seen := map[string]bool{}
	for i := range socket.NumMethod() {
		f := socket.Method(i)
		seen[f.Name] = true
		in, out := f.Type.NumIn()-1, f.Type.NumOut()
		_, tested := methods[f.Name]
		switch {
		case in == 0 && out == 2 && f.Type.Out(1) == failure:
		case in == 1 && out == 1 && strings.HasPrefix(f.Name, "Set") && !f.Type.IsVariadic():
			tested = setters[f.Name] || setOnly[f.Name].option != nil
		default:
			continue
		}
		if tested == left[f.Name] {
			t.Errorf("%s is in methods: %t, in otherMethods: %t", f.Name, tested, left[f.Name])
		}
	}
	for _, name := range append(otherMethods, slices.Collect(maps.Keys(methods))...) {
		if !seen[name] {
			t.Errorf("Socket has no %s", name)
		}
	}
}

//go:build linux

package work

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Kind is the kind of a row's numbers.
type Kind int

const (
	// Time rows measure the time of an iteration.
	Time Kind = iota
	// Latency rows measure the time of each round trip, for the tail.
	Latency
	// Memory rows measure the resident memory of a socket.
	Memory
	// Cost rows measure the nanoseconds that one thing costs, as a difference that the case
	// measures itself: see Case.Measure.
	Cost
)

// A Param is one named setting of a row, such as size=64.
type Param struct{ Key, Value string }

// A Row is one piece of work that all contenders do.
type Row struct {
	Op     string  // the operation, which is the benchmark function's name without "Benchmark"
	Params []Param // its parameters, in the order of the row's name
	Kind   Kind
	Quick  bool // part of a quick run
}

// Name returns the row's name as benchstat reads it, without the contender:
// SendRecv/net=udp/size=64.
func (r Row) Name() string {
	return strings.Join(append([]string{r.Op}, r.ParamNames()...), "/")
}

// ParamNames returns the row's parameters, each as key=value.
func (r Row) ParamNames() []string {
	var names []string
	for _, p := range r.Params {
		names = append(names, p.Key+"="+p.Value)
	}
	return names
}

// Get returns the value of a parameter, or "" if the row lacks it.
func (r Row) Get(key string) string {
	for _, p := range r.Params {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}

// Int returns the value of a numeric parameter, or 0.
func (r Row) Int(key string) int {
	n, _ := strconv.Atoi(r.Get(key))
	return n
}

// Alone reports whether one goroutine does all of the row's work, or in the Copy rows two in turn.
func (r Row) Alone() bool {
	return (r.Kind == Time || r.Kind == Cost) && r.Op != "Contention" && r.Op != "Wakeups"
}

// Settle sets GOMAXPROCS for the row until restore is called: 1 if the row works alone. With
// another, idle processor it depends on chance whether one of Go's threads sleeps there in
// epoll_wait. If one does, each message wakes it, which costs the sender more than all that
// contenders differ in. The Wakeups rows show that cost.
func (r Row) Settle() (restore func()) {
	if !r.Alone() {
		return func() {}
	}
	procs := runtime.GOMAXPROCS(1)
	return func() { runtime.GOMAXPROCS(procs) }
}

// Floored reports whether the pure C loop is a lower bound for the row. It is not where two sides
// wait for each other: threads that the kernel puts to sleep and wakes can take longer than
// goroutines.
func (r Row) Floored() bool {
	return r.Op != "PingPong" && r.Op != "Contention"
}

// Bytes returns the payload that one iteration moves, or 0 for rows that move none.
func (r Row) Bytes() int {
	size := r.Int("size")
	for _, many := range []string{"bufs", "batch", "segs"} {
		if n := r.Int(many); n > 0 {
			size *= n
		}
	}
	return size
}

// MinIters returns the least number of iterations that makes a slice meaningful. Each goroutine of
// a contention row needs enough work to outweigh its start, and percentiles need many round trips.
func (r Row) MinIters() int {
	if g := r.Int("goroutines"); g > 0 {
		return 64 * g
	}
	if r.Kind == Latency {
		return latencyTrips
	}
	return 1
}

// latencyTrips is the least number of round trips in a slice of a latency row, so that its
// percentiles are meaningful.
const latencyTrips = 200

// params builds a parameter list from alternating names and values.
func params(kv ...any) []Param {
	var ps []Param
	for i := 0; i < len(kv); i += 2 {
		ps = append(ps, Param{kv[i].(string), fmt.Sprint(kv[i+1])})
	}
	return ps
}

// Rows returns all rows, in the order of the reports.
func Rows() []Row {
	var rows []Row
	add := func(quick bool, op string, kv ...any) {
		rows = append(rows, Row{Op: op, Params: params(kv...), Quick: quick})
	}
	add(true, "Crossing", "call", "empty")
	add(true, "Crossing", "call", "getppid")
	for _, call := range []string{"none", "getppid", "udp"} {
		add(true, "Frames", "call", call)
		rows[len(rows)-1].Kind = Cost
	}
	add(true, "Getsockopt")
	add(true, "Setsockopt")
	add(true, "Socket")
	add(true, "Socketpair")
	add(true, "Bind")
	add(true, "Accept", "net", "unix")
	add(true, "Accept", "net", "tcp")
	add(false, "Addrs", "net", "tcp")
	add(false, "Addrs", "net", "udp")
	add(false, "Addrs", "net", "listener")
	for _, network := range []string{"tcp", "udp", "unix", "unixgram", "unixpacket"} {
		for _, size := range []int{1, 64, 1024, 8192, 65536} {
			if network == "udp" && size > maxUDP {
				size = maxUDP
			}
			add(size == 64 || size > 8192, "SendRecv", "net", network, "size", size)
		}
	}
	add(true, "Deadlines", "net", "udp", "size", 64)
	add(false, "Deadlines", "net", "tcp", "size", 64)
	for _, network := range []string{"udp4", "udp6", "unixgram"} {
		add(network != "udp6", "SendToRecvFrom", "net", network, "size", 64)
	}
	for _, network := range []string{"udp4", "udp6"} {
		add(network == "udp4", "SendmsgRecvmsg", "net", network, "size", 64)
	}
	for _, n := range []int{1, 2, 4, 8, 16, 32, 64, 128} {
		add(n == 1 || n == 8 || n == 64, "Vectored", "bufs", n, "size", 64)
	}
	for _, n := range []int{8, 64, 1024} {
		add(n == 64, "Writev", "net", "tcp", "bufs", n, "size", 16)
	}
	for _, n := range []int{1, 4, 16, 64, 256, 1024} {
		add(n == 1 || n == 64 || n == 1024, "Batch", "batch", n, "size", 64)
	}
	for _, n := range []int{1, 4, 16, 64} {
		add(n == 1 || n == 64, "GSO", "segs", n, "size", 1000)
	}
	for _, size := range []int{4096, 65536} {
		add(size == 4096, "Sendfile", "size", size)
	}
	for _, to := range []string{"file", "conn", "net"} {
		add(to == "file", "Copy", "to", to, "size", 65536)
	}
	add(true, "Wakeups", "net", "udp", "size", 64)
	for _, network := range []string{"udp", "tcp", "unix"} {
		add(network == "udp", "PingPong", "net", network, "size", 64)
		rows[len(rows)-1].Kind = Latency
	}
	for _, g := range []int{1, 2, 4, 16, 64, 256} {
		add(g == 1 || g == 16, "Contention", "goroutines", g, "size", 64)
	}
	for _, state := range []string{"idle", "reading"} {
		add(state == "idle", "Memory", "state", state)
		rows[len(rows)-1].Kind = Memory
	}
	return rows
}

// maxUDP is the largest payload of a UDP datagram over IPv4.
const maxUDP = 65507

// Ops returns the operations, each once, in the order of the rows.
func Ops() []string {
	var ops []string
	for _, r := range Rows() {
		if !slices.Contains(ops, r.Op) {
			ops = append(ops, r.Op)
		}
	}
	return ops
}

// Describe returns a sentence about one iteration of an operation.
func Describe(op string) string { return descriptions[op] }

var descriptions = map[string]string{
	"Crossing": "One call that does nothing (empty), and one of the cheapest system call (getppid). The bare cost of a crossing.",
	"Frames": "An experiment in C: nothing, getppid, or a UDP send and recv, called directly and through eight nested functions in turn, in pieces of tens of microseconds. " +
		"The number is the difference for each function: what one more call and its return cost, after the kernel has run or without it.",
	"Getsockopt":     "Reads one int option, SO_PRIORITY, of a UDP socket.",
	"Setsockopt":     "Writes one int option, SO_PRIORITY, of a UDP socket.",
	"Socket":         "Creates a UDP socket and closes it.",
	"Socketpair":     "Creates a pair of connected Unix stream sockets and closes both.",
	"Bind":           "Creates a UDP socket, binds it to a fixed loopback port and closes it.",
	"Accept":         "Creates a socket, connects it to a listener, accepts the connection, closes both ends.",
	"SendRecv":       "Sends a message on one connected socket and receives it on the other, in one thread or goroutine. Stream sockets receive until the message is whole.",
	"Deadlines":      "SendRecv again, each call with a deadline of its own, set just before it: SetWriteDeadline and send, SetReadDeadline and receive. What servers do.",
	"SendToRecvFrom": "Sends a datagram to an address on an unconnected socket and receives it together with the sender's address.",
	"SendmsgRecvmsg": "Sends a datagram with two control messages (source address and ECN), receives it with two (destination address and ECN), and decodes them.",
	"Vectored":       "Sends one UDP datagram gathered from several buffers and receives it scattered over as many.",
	"Addrs":          "Reads a connection's two addresses, LocalAddr and RemoteAddr, or a listener's Addr.",
	"Writev":         "Writes a net.Buffers to a TCP connection and receives all of it.",
	"Batch":          "Sends a batch of UDP datagrams to an address with sendmmsg and receives it, with addresses, by recvmmsg.",
	"GSO":            "Sends several UDP segments to an address in one call with UDP_SEGMENT, and receives them in one call with UDP_GRO, with the address and the segment size.",
	"Sendfile":       "Sends part of a file in the page cache into a TCP connection and receives it.",
	"Copy":           "Sends a message into a TCP connection whose other end a goroutine copies with io.Copy: to a pipe (an *os.File), another connection of the same kind, or package net's. Receives it there.",
	"Wakeups":        "SendRecv again, but Go has all the processors: each message to a socket of the poller wakes a thread of Go's that sleeps in epoll_wait.",
	"PingPong":       "A round trip of 64 bytes between two threads or goroutines, each of which sleeps until the other's message arrives.",
	"Contention":     "Goroutines (threads in C) share one pair of UDP sockets; each sends a datagram and receives one. Time is that of one send and receive overall.",
	"Memory": "Resident anonymous memory of the process for each UDP socket, kernel memory not counted: idle, and with a reader waiting in it. " +
		"It includes the measurement's own reference to the socket: 4 bytes in C, 16 in Go, and 8 more with x/sys, whose descriptor is a number.",
}

// ErrMissing marks a row that a contender's API cannot do. The error's text says why.
var ErrMissing = errors.New("not offered")

// missing returns an error that says why a contender cannot do a row.
type missing string

func (m missing) Error() string        { return string(m) }
func (m missing) Is(target error) bool { return target == ErrMissing }

// A Case is one row made ready for one contender.
type Case struct {
	// Run does n iterations.
	Run func(n int) error
	// Samples, in latency rows, returns the nanoseconds of each round trip since the last call of
	// it.
	Samples func() []float64
	// Measure returns the bytes per socket in memory rows, and the nanoseconds in cost rows. Such a
	// case has no Run.
	Measure func() (float64, error)

	guards  []*time.Timer
	cleanup []func()
}

// TakeYourTime lets a case run longer than any case of this program's own runs needs: under
// testing.B the user sets the time.
func (c *Case) TakeYourTime() {
	for _, hung := range c.guards {
		hung.Stop()
	}
}

// Close releases the case's resources.
func (c *Case) Close() {
	for _, f := range slices.Backward(c.cleanup) {
		f()
	}
	c.cleanup = nil
}

// onClose registers f to be called by Close, in reverse order.
func (c *Case) onClose(f func()) { c.cleanup = append(c.cleanup, f) }

// A Setup makes a row ready by filling in c. If it returns an error, c closes what it has opened.
type Setup func(r Row, c *Case) error

// A Contender is one way to reach the platform's socket calls.
type Contender struct {
	Name  string
	About string // a description, in a sentence
	// Experiment marks contenders that are not for use, but show where time goes.
	Experiment bool
	// Poller marks contenders that drive Go's network poller: their sockets are non-blocking, and
	// opening one registers it.
	Poller bool
	Setups map[string]Setup
	// Missing says, for each operation without a setup, why it is missing.
	Missing map[string]string
	// Notes says, by operation, how the contender's API is used where that is not evident. The
	// calls are the row's.
	Notes map[string]string
	// Differs says what the contender's API makes the kernel do beyond the row's calls. The key is
	// an operation, or the beginning of a row's name, such as Accept/net=tcp, if the rows of an
	// operation differ.
	Differs map[string]Extra
}

// Extra holds the system calls that each iteration makes beyond the row's.
type Extra struct {
	Calls map[string]int
	Why   string
}

// Extra returns what the contender's API adds to a row, or the zero value.
func (c Contender) Extra(r Row) Extra {
	for name, e := range c.Differs {
		if strings.HasPrefix(r.Name()+"/", name+"/") {
			return e
		}
	}
	return Extra{}
}

// Remark describes how the contender does a row: its note, and the calls beyond the row's. It
// returns "" if there is nothing to say.
func (c Contender) Remark(r Row) string {
	var remarks []string
	if note := c.Notes[r.Op]; note != "" {
		remarks = append(remarks, note)
	}
	if e := c.Extra(r); e.Why != "" {
		var calls []string
		for _, call := range slices.Sorted(maps.Keys(e.Calls)) {
			calls = append(calls, fmt.Sprintf("%s %d", call, e.Calls[call]))
		}
		remarks = append(remarks, fmt.Sprintf("more system calls in each iteration (%s): %s", strings.Join(calls, ", "), e.Why))
	}
	return strings.Join(remarks, "; ")
}

// Open makes a row ready. If the contender's API lacks the row, it returns an error for which
// errors.Is(err, ErrMissing) holds. Any other error means that this machine cannot run it.
func (c Contender) Open(r Row) (*Case, error) {
	setup, ok := c.Setups[r.Op]
	if !ok {
		why := c.Missing[r.Op]
		if why == "" {
			why = "no such call"
		}
		return nil, missing(why)
	}
	k := new(Case)
	if err := setup(r, k); err != nil {
		k.Close()
		return nil, err
	}
	return k, nil
}

// Names of the contenders that serve as references of ratios.
const (
	Floor    = "c"     // the pure C loop
	Baseline = "x-sys" // golang.org/x/sys/unix
)

// Contenders returns all contenders, in the order of the reports.
func Contenders() []Contender {
	cs := []Contender{cLoop(), csockDirect(), csockConn(), xsys(), stdSyscall(), pkgNet(), xnet(), mdlayher(), bareCgo(), guardedCgo(), syscallCgo(), resultCgo(), polledCgo(), rawSyscall(), syscallLoop()}
	for _, c := range cs {
		for op, why := range notAConn {
			if c.Setups[op] == nil {
				c.Missing[op] = why
			}
		}
	}
	for _, c := range cs[1:] {
		c.Missing["Frames"] = "an experiment in C"
		for _, op := range Ops() {
			if c.Experiment && c.Setups[op] == nil && c.Missing[op] == "" {
				c.Missing[op] = "an experiment, for other rows"
			}
		}
	}
	return cs
}

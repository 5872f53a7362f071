//go:build linux

package work

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	Child()
	os.Exit(m.Run())
}

// Every contender has each operation or says why not: never both, never neither.
func TestBlankHasReason(t *testing.T) {
	names := make(map[string]bool)
	for _, c := range Contenders() {
		if names[c.Name] {
			t.Errorf("two contenders are called %s", c.Name)
		}
		names[c.Name] = true
		if c.About == "" {
			t.Errorf("%s: nothing said about it", c.Name)
		}
		for _, op := range Ops() {
			_, has := c.Setups[op]
			why := c.Missing[op]
			if has == (why != "") {
				t.Errorf("%s, %s: has it: %v, reason why not: %q", c.Name, op, has, why)
			}
			if !has && c.Notes[op] != "" {
				t.Errorf("%s, %s: has a note, but lacks the operation", c.Name, op)
			}
		}
		for name, e := range c.Differs {
			if op, _, _ := strings.Cut(name, "/"); c.Setups[op] == nil {
				t.Errorf("%s, %s: says how it differs, but lacks the operation", c.Name, name)
			}
			if len(e.Calls) == 0 || e.Why == "" {
				t.Errorf("%s, %s: differs, but without calls or a reason", c.Name, name)
			}
			if !slices.ContainsFunc(Rows(), func(r Row) bool { return strings.HasPrefix(r.Name()+"/", name+"/") }) {
				t.Errorf("%s: differs in %s, which has no row", c.Name, name)
			}
		}
	}
	if !names[Floor] || !names[Baseline] {
		t.Error("a contender that ratios are taken to is missing")
	}
}

func TestRows(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range Rows() {
		if seen[r.Name()] {
			t.Errorf("two rows are called %s", r.Name())
		}
		seen[r.Name()] = true
		if Describe(r.Op) == "" {
			t.Errorf("%s: not described", r.Op)
		}
		// benchstat takes a name apart at slashes, and each part at its equals sign.
		for _, p := range strings.Split(r.Name(), "/")[1:] {
			if strings.Count(p, "=") != 1 || strings.ContainsAny(p, " -") {
				t.Errorf("%s: benchstat cannot read %q", r.Name(), p)
			}
		}
	}
}

// Every pair runs, twice from one setup, and compares what it receives with what it sent.
func TestEveryRowRuns(t *testing.T) {
	for _, r := range Rows() {
		t.Run(r.Name(), func(t *testing.T) {
			for _, c := range Contenders() {
				t.Run("impl="+c.Name, func(t *testing.T) {
					k, err := c.Open(r)
					if errors.Is(err, ErrMissing) {
						return // TestBlankHasReason covers these
					}
					if err != nil {
						t.Skip("left out on this machine:", err)
					}
					defer k.Close()
					if k.Measure != nil {
						if r.Kind == Memory && testing.Short() {
							t.Skip("short: starts a process with thousands of sockets")
						}
						// A memory row may report no memory; a negative cost is a difference on a
						// busy machine.
						if n, err := k.Measure(); err != nil || r.Kind == Memory && n < 0 {
							t.Errorf("%v, %v", n, err)
						}
						return
					}
					for _, n := range []int{1, 3} {
						if err := k.Run(n); err != nil {
							t.Fatal(err)
						}
						if r.Kind == Latency {
							if got := len(k.Samples()); got != n {
								t.Errorf("%d samples of %d round trips", got, n)
							}
						}
					}
				})
			}
		})
	}
}

func TestMissingIsReported(t *testing.T) {
	c, r := xsys(), Row{Op: "Batch"}
	_, err := c.Open(r)
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "sendmmsg") {
		t.Errorf("x/sys's batch: %v", err)
	}
}

func TestTail(t *testing.T) {
	var s []float64
	for i := 1000; i > 0; i-- {
		s = append(s, float64(i))
	}
	got := Tail(s)
	for i, want := range []float64{500, 990, 999} {
		if got[i].Value != want {
			t.Errorf("%s is %v, not %v", got[i].Name, got[i].Value, want)
		}
	}
	if Tail(nil) != nil {
		t.Error("a tail of nothing")
	}
}

func TestShare(t *testing.T) {
	for _, n := range []int{0, 1, 7, 256, 257} {
		sum := 0
		for i := range 16 {
			sum += share(n, 16, i)
		}
		if sum != n {
			t.Errorf("shares of %d make %d", n, sum)
		}
	}
}

// The peers' calls decode the sender of each message, so csock's contenders decode it, too.
func TestCsockDecodesSenders(t *testing.T) {
	for name, open := range map[string]opener{"csock": openCsock, "csock-conn": openCsockConn} {
		for _, r := range Rows() {
			if !slices.Contains([]string{"SendToRecvFrom", "SendmsgRecvmsg", "Batch", "GSO"}, r.Op) {
				continue
			}
			t.Run(name+"/"+r.Name(), func(t *testing.T) {
				var receiver *csockMsg // is opened last
				spy := func(k *Case, fd int, local, peer unix.Sockaddr) (any, error) {
					s, err := open(k, fd, local, peer)
					switch s := s.(type) {
					case *csockSocket:
						receiver = &s.csockMsg
					case *csockConnSocket:
						receiver = &s.csockMsg
					}
					return s, err
				}
				k := new(Case)
				defer k.Close()
				if err := loops(spy)[r.Op](r, k); err != nil {
					t.Skip("left out on this machine:", err)
				}
				if err := k.Run(1); err != nil {
					t.Fatal(err)
				}
				if want, ok := receiver.peer.AddrPort(); ok && receiver.from != want || !ok && !receiver.known {
					t.Errorf("from %v, not %v", receiver.from, want)
				}
			})
		}
	}
}

// A socket of the poller is closed when its case hangs, but not under testing.B, which may run for
// longer.
func TestGuard(t *testing.T) {
	defer func(was time.Duration) { caseTimeout = was }(caseTimeout)
	caseTimeout = 50 * time.Millisecond
	for _, c := range []Contender{csockConn(), pkgNet(), mdlayher(), polledCgo()} {
		for _, patient := range []bool{false, true} {
			k, err := c.Open(Row{Op: "SendRecv", Params: params("net", "unix", "size", 64)})
			if err != nil {
				t.Fatal(err)
			}
			if patient {
				k.TakeYourTime()
			}
			time.Sleep(2 * caseTimeout)
			if err := k.Run(1); (err == nil) != patient {
				t.Errorf("%s, patient: %v: %v", c.Name, patient, err)
			}
			k.Close()
		}
	}
}

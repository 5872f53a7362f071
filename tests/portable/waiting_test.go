package portable

import (
	"flag"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

var waiting = flag.Int("waiting", 100, "the Conns of TestWaiting")

// TestWaiting measures Conns in which calls wait: the memory of each, and the extra time and
// processor time of waking one of many rather than one of few.
func TestWaiting(t *testing.T) {
	need.IPv4(t)
	const few = 10
	many := max(*waiting, few)
	k := kinds()[0]
	sender := k.socket(t, csock.SOCK_DGRAM)
	woken := make(chan int, many)
	var addrs []csock.SockAddr
	// wait adds Conns until n wait.
	wait := func(n int) {
		for i := len(addrs); i < n; i++ {
			s, addr := k.bound(t, csock.SOCK_DGRAM)
			c, err := s.IntoConn()
			need.OK(t, err)
			t.Cleanup(func() { c.Close() })
			addrs = append(addrs, addr)
			go func() {
				p := make([]byte, 2)
				for {
					if n, err := c.Recv(p, 0); n != 1 || err != nil {
						return // closed
					}
					woken <- i
				}
			}()
		}
	}
	// wake wakes Conns one by one. It returns the median of the times that it takes until one has
	// received its datagram, and the mean of the processor time.
	wake := func() (latency, processor time.Duration) {
		const times = 100
		var took []time.Duration
		start := processorTime(t)
		for j := range times {
			i := j * len(addrs) / times
			sent := time.Now()
			_, err := sender.SendTo([]byte{0}, addrs[i], 0)
			need.OK(t, err)
			select {
			case got := <-woken:
				took = append(took, time.Since(sent))
				need.Same(t, "woken", got, i)
			case <-time.After(soon):
				t.Fatalf("Conn %d of %d did not wake", i, len(addrs))
			}
		}
		processor = (processorTime(t) - start) / times
		slices.Sort(took)
		return took[times/2], processor
	}

	wait(few)
	wake()
	latencyFew, processorFew := wake()
	memoryFew, start, startProcessor := memory(), time.Now(), processorTime(t)
	wait(many)
	wake() // all the calls wait now
	t.Logf("%d Conns: made in %v, %v of processor time", many, time.Since(start), processorTime(t)-startProcessor)
	memoryMany, startProcessor := memory(), processorTime(t)
	time.Sleep(200 * time.Millisecond)
	idle := processorTime(t) - startProcessor
	latencyMany, processorMany := wake()
	t.Logf("nothing happens for 200 ms: %v of processor time", idle)
	t.Logf("to wake one of %d: %v, %v of processor time", few, latencyFew, processorFew)
	t.Logf("to wake one of %d: %v, %v of processor time", many, latencyMany, processorMany)
	if many > few {
		each := (int64(memoryMany) - int64(memoryFew)) / int64(many-few)
		t.Logf("memory of each, with its goroutine: %d bytes", each)
		if each > 16<<10 && !need.Slow {
			t.Errorf("a Conn that waits holds %d bytes", each)
		}
	}
	if idle > 150*time.Millisecond {
		t.Errorf("Conns that wait take %v of processor time in 200 ms", idle)
	}
}

// memory returns what Go's heap and the stacks hold.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

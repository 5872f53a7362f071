package portable

import (
	"fmt"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// What a round trip over a connection costs while calls of other Conns wait.
func BenchmarkConnWaiting(b *testing.B) {
	need.IPv4(b)
	k := kinds()[0]
	for _, n := range []int{0, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for range n {
				s, _ := k.bound(b, csock.SOCK_DGRAM)
				c, err := s.IntoConn()
				need.OK(b, err)
				b.Cleanup(func() { c.Close() })
				go c.Recv(make([]byte, 1), 0)
			}
			client, server := k.conns(b)
			p := make([]byte, 1)
			done := later(func() error {
				q := make([]byte, 1)
				for {
					if n, err := server.Recv(q, 0); n == 0 || err != nil {
						return err
					}
					if _, err := server.Send(q, 0); err != nil {
						return err
					}
				}
			})
			for b.Loop() {
				_, err := client.Send(p, 0)
				need.OK(b, err)
				_, err = client.Recv(p, 0)
				need.OK(b, err)
			}
			need.OK(b, client.Close(), result(b, done))
		})
	}
}

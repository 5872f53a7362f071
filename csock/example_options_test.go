package csock_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

// Each option is a variable with the type of its value. Set makes several settings with one check
// for an error, which names the option that failed.
func ExampleOption() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(err)
	defer s.Close()

	check(csock.SO_KEEPALIVE.Set(s, true))
	on, err := csock.SO_KEEPALIVE.Get(s)
	fmt.Println(csock.SO_KEEPALIVE, on, err)

	check(s.Set(
		csock.TCP_NODELAY.To(true),
		csock.TCP_KEEPIDLE.To(90*time.Second),
		csock.SO_LINGER.To(csock.LingerOff),
	))
	idle, err := csock.TCP_KEEPIDLE.Get(s)
	fmt.Println(csock.TCP_KEEPIDLE, idle, err)

	err = s.Set(csock.SO_REUSEADDR.To(true), csock.IP_TTL.To(1000))
	fmt.Println(err, errors.Is(err, syscall.EINVAL))
	// Output:
	// SO_KEEPALIVE true <nil>
	// TCP_KEEPIDLE 1m30s <nil>
	// setsockopt(IP_TTL): invalid argument true
}

// A group of options with their values, printed without knowing their types.
func ExampleOptions() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(err)
	defer s.Close()
	check(s.SetTCPKeepalive(csock.TCPKeepalive{Time: time.Minute, Interval: 10 * time.Second, Retries: 3}))

	for o := range csock.Options() {
		if !strings.HasPrefix(o.String(), "TCP_KEEP") || !o.Supported() || !o.CanGet() {
			continue
		}
		value, err := o.GetAny(s)
		check(err)
		fmt.Printf("%v, %v: %v (%s)\n", o.Level(), o, value, o.NativeType())
	}
	// Output:
	// IPPROTO_TCP, TCP_KEEPIDLE: 1m0s (duration (int, s))
	// IPPROTO_TCP, TCP_KEEPINTVL: 10s (duration (int, s))
	// IPPROTO_TCP, TCP_KEEPCNT: 3 (int)
}

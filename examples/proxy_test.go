//go:build linux

package examples

import (
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const proxy exampletest.Example = "proxy"

func TestProxyCommandLine(t *testing.T) {
	proxy.CommandLine(t)
	proxy.Start(t, nil, "-mark", "4294967303").Fail(t, 2, "4294967295") // its lower 32 bits are 7
}

// echoServer is a server in a namespace that sends back what it gets.
func echoServer(t *testing.T, ns *netns.NS, addr string) {
	var l net.Listener
	var err error
	ns.Do(func() { l, err = net.Listen("tcp", addr) })
	need.OK(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(c, c)
				c.Close()
			}()
		}
	}()
}

// through sends data to addr, and returns what comes back.
func through(t *testing.T, ns *netns.NS, addr string, data []byte) []byte {
	t.Helper()
	var conn net.Conn
	var err error
	ns.Do(func() { conn, err = net.Dial("tcp", addr) })
	need.OK(t, err)
	defer conn.Close()
	go func() {
		conn.Write(data)
		conn.(*net.TCPConn).CloseWrite()
	}()
	back, err := io.ReadAll(conn)
	need.OK(t, err)
	return back
}

// nft gives a namespace firewall rules, which the kernel may not know.
func nft(t *testing.T, ns *netns.NS, rules string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rules")
	need.OK(t, os.WriteFile(file, []byte(rules), 0o600))
	tool := need.Tool(t, "nft")
	p := exampletest.StartCommand(t, ns, tool, "-f", file)
	if p.Wait(t) != 0 {
		t.Skipf("needs a kernel with these rules: %s", &p.Stderr)
	}
}

// The connections of this host to a server go through the proxy, which has marked its own.
func TestProxyRedirect(t *testing.T) {
	proxy.Build(t)
	for _, test := range []struct{ name, family, proxy, server string }{
		{"IPv4", "ip", "127.0.0.1:7070", "10.1.0.2:80"},
		{"IPv6", "ip6", "[::1]:7070", "[fd01::2]:80"},
	} {
		t.Run(test.name, func(t *testing.T) {
			here, there := netns.New(t), netns.New(t)
			netns.Link(t, here, "left", []string{"10.1.0.1/24", "fd01::1/64"},
				there, "right", []string{"10.1.0.2/24", "fd01::2/64"})
			nft(t, here, "table "+test.family+` p {
				chain out {
					type nat hook output priority -100;
					meta mark != 7 tcp dport { 80, 81 } redirect to :7070
				}
			}`)
			echoServer(t, there, test.server)
			p := proxy.Start(t, here, "-a", test.proxy, "-mark", "7")
			p.WaitFor(t, "END")

			calls := p.Trace(t, here, "splice")
			data := make([]byte, 1<<20)
			rand.Read(data)
			if got := through(t, here, test.server, data); !bytes.Equal(got, data) {
				t.Errorf("%d bytes come back, not the %d sent", len(got), len(data))
			}
			p.WaitFor(t, "1048576 +1048576 .* well")
			through(t, here, strings.Replace(test.server, ":80", ":81", 1), nil)
			p.WaitFor(t, "refused")
			out := p.Interrupt(t)
			if !strings.Contains(out, " "+test.server+" ") {
				t.Errorf("the log does not name %s:\n%s", test.server, out)
			}
			if text := calls(); !strings.Contains(text, "splice(") {
				t.Errorf("the bytes were not spliced:\n%s", text)
			}
		})
	}
}

// A router takes the connections of its network: client, router, server.
func TestProxyTproxy(t *testing.T) {
	proxy.Build(t)
	client, router, server := netns.New(t), netns.New(t), netns.New(t)
	netns.Link(t, client, "east", []string{"10.1.0.1/24"}, router, "west", []string{"10.1.0.2/24"})
	netns.Link(t, router, "east", []string{"10.2.0.1/24"}, server, "west", []string{"10.2.0.2/24"})
	client.IP(t, "route add default via 10.1.0.2")
	nft(t, router, `table ip p {
		chain in {
			type filter hook prerouting priority mangle;
			iifname "west" tcp dport 80 tproxy to 127.0.0.1:7070 meta mark set 1
		}
	}`)
	router.IP(t, "rule add fwmark 1 lookup 100")
	router.IP(t, "route add local 0.0.0.0/0 dev lo table 100")
	echoServer(t, server, "10.2.0.2:80")
	p := proxy.Start(t, router, "-tproxy")
	p.WaitFor(t, "END")
	if got := through(t, client, "10.2.0.2:80", []byte("hello")); string(got) != "hello" {
		t.Errorf("%q comes back", got)
	}
	m := p.WaitFor(t, `(\S+) +10\.2\.0\.2:80 +5 +5 .* well`)
	if client := m[1]; !strings.HasPrefix(client, "10.1.0.1:") {
		t.Errorf("the client is %s", client)
	}
	p.Interrupt(t)
}

// A mark needs a privilege: the proxy reports that before its first connection.
func TestProxyMarkUnprivileged(t *testing.T) {
	unprivileged(t, nil, proxy, "-a", "127.0.0.1:0", "-mark", "7").
		Fail(t, 1, "SO_MARK", "This needs a privilege")
}

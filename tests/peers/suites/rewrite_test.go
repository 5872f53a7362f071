package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

// Only what makes sockets is rewritten, and no line moves.
func TestRewrite(t *testing.T) {
	const source = `// A file.
package p

import (
	n "net"
	"crypto/tls"

	"github.com/mdlayher/socket"
)

type local struct{ Dial func() }

func f(net local) (*n.UDPConn, n.Addr) {
	net.Dial()
	c, _ := n.Dial("tcp", "x") // n.Dial
	tls.Dial("tcp", "x", nil)
	var _ *socket.Conn
	return nil, c.LocalAddr()
}
`
	const want = `// A file.
package p; import "m/internal/csocknet"; import "m/internal/csocksocket"

import (
	n "net"
	"crypto/tls"

	_ "github.com/mdlayher/socket"
)

type local struct{ Dial func() }

func f(net local) (*csocknet.UDPConn, n.Addr) {
	net.Dial()
	c, _ := csocknet.Dial("tcp", "x") // n.Dial
	csocknet.TLSDial("tcp", "x", nil)
	var _ *csocksocket.Conn
	return nil, c.LocalAddr()
}

var _ n.IP

var _ tls.Config
`
	path := filepath.Join(t.TempDir(), "p.go")
	need.OK(t, os.WriteFile(path, []byte(source), 0o600))
	need.OK(t, rewriteTree(filepath.Dir(path), "m"))
	got := need.Value[[]byte](t)(os.ReadFile(path))
	need.Same(t, "the file", string(got), want)
}

// A test that passes over package net alone fails the suite, unless it is excepted.
func TestCompare(t *testing.T) {
	s := &suite{module: "m", except: map[string]string{"TestExcepted": "a reason"}}
	onNet := map[string]string{"m/p TestA": "pass", "m/p TestB": "fail", "m/p TestExcepted": "pass", "m/p TestA/1": "pass"}
	for _, c := range []struct {
		onCsock map[string]string
		ok      bool
	}{
		{map[string]string{"m/p TestA": "pass", "m/p TestB": "fail", "m/p TestExcepted": "fail"}, true},
		{map[string]string{"m/p TestA": "fail", "m/p TestB": "pass", "m/p TestExcepted": "pass"}, false},
		{map[string]string{"m/p TestA": "pass", "m/p TestA/1": "skip", "m/p TestB": "pass"}, false},
		{map[string]string{"m/p TestB": "pass"}, false},
	} {
		need.Same(t, "ok", s.compare(onNet, c.onCsock).ok, c.ok)
	}
}

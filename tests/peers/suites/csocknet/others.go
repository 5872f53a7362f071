package csocknet

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
)

// What other packages of the standard library make sockets for, over csock too.

func init() {
	http.DefaultTransport.(*http.Transport).DialContext = new(Dialer).DialContext
}

// sockets is the file that gets a byte for each socket: the proof that a suite runs over csock.
var sockets = sync.OnceValue(func() *os.File {
	f, err := os.OpenFile(os.Getenv("CSOCK_SUITE_SOCKETS"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil
	}
	return f
})

func countSocket() {
	if f := sockets(); f != nil {
		f.Write([]byte{'.'})
	}
}

func HTTPTestNewUnstartedServer(h http.Handler) *httptest.Server {
	l, err := Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
}

func HTTPTestNewServer(h http.Handler) *httptest.Server {
	s := HTTPTestNewUnstartedServer(h)
	s.Start()
	return s
}

func HTTPTestNewTLSServer(h http.Handler) *httptest.Server {
	s := HTTPTestNewUnstartedServer(h)
	s.StartTLS()
	return s
}

func TLSListen(network, address string, config *tls.Config) (net.Listener, error) {
	l, err := Listen(network, address)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, config), nil
}

func TLSDial(network, address string, config *tls.Config) (*tls.Conn, error) {
	return TLSDialWithDialer(new(Dialer), network, address, config)
}

func TLSDialWithDialer(d *Dialer, network, address string, config *tls.Config) (*tls.Conn, error) {
	return dialTLS(context.Background(), d, network, address, config)
}

// A TLSDialer is crypto/tls's.
type TLSDialer struct {
	NetDialer *Dialer
	Config    *tls.Config
}

func (d *TLSDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d *TLSDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := d.NetDialer
	if dialer == nil {
		dialer = new(Dialer)
	}
	c, err := dialTLS(ctx, dialer, network, address, d.Config)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func dialTLS(ctx context.Context, d *Dialer, network, address string, config *tls.Config) (*tls.Conn, error) {
	if d.Timeout != 0 {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, d.Timeout)
		defer cancel()
	}
	raw, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if config == nil {
		config = &tls.Config{}
	}
	if config.ServerName == "" {
		config = config.Clone()
		config.ServerName = address[:strings.LastIndex(address, ":")]
	}
	c := tls.Client(raw, config)
	if err := c.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/csock/go-csock/csock"
)

// A round is one kind of socket, from server address to echoed bytes.
type round struct {
	name     string
	domain   csock.Domain
	typ      csock.Type
	protocol csock.Protocol
	local    string            // where the server binds: an address and port, or a Unix path
	server   []csock.Setting   // before bind
	client   []csock.Setting   // before connect
	report   []csock.AnyOption // options of the client to read back
}

func rounds(dir string) []round {
	return []round{
		{
			name:   "TCP, an IPv4 client at a dual-stack IPv6 listener",
			domain: csock.AF_INET6, typ: csock.SOCK_STREAM, protocol: csock.IPPROTO_TCP,
			local:  "[::ffff:127.0.0.1]:0",
			server: []csock.Setting{csock.IPV6_V6ONLY.To(false), csock.SO_REUSEADDR.To(true)},
			client: []csock.Setting{
				csock.TCP_NODELAY.To(true), csock.SO_KEEPALIVE.To(true),
				csock.TCP_KEEPIDLE.To(30 * time.Second)},
			report: []csock.AnyOption{
				csock.TCP_NODELAY, csock.SO_KEEPALIVE, csock.TCP_KEEPIDLE, csock.TCP_MAXSEG,
				csock.TCP_CONGESTION},
		},
		{
			name:   "UDP over IPv4",
			domain: csock.AF_INET, typ: csock.SOCK_DGRAM, protocol: csock.IPPROTO_UDP,
			local:  "127.0.0.1:0",
			client: []csock.Setting{csock.IP_TTL.To(7), csock.SO_SNDBUF.To(64 << 10)},
			report: []csock.AnyOption{csock.IP_TTL, csock.SO_SNDBUF, csock.SO_RCVBUF, csock.IP_MTU},
		},
		{
			name:   "Unix stream, by path",
			domain: csock.AF_UNIX, typ: csock.SOCK_STREAM, local: filepath.Join(dir, "stream"),
			report: []csock.AnyOption{csock.SO_PEERCRED, csock.SO_SNDBUF},
		},
		{
			name:   "Unix seqpacket, by path",
			domain: csock.AF_UNIX, typ: csock.SOCK_SEQPACKET,
			local:  filepath.Join(dir, "seqpacket"),
			report: []csock.AnyOption{csock.SO_PEERCRED},
		},
		{
			name:   "Unix stream, by a name in the abstract namespace",
			domain: csock.AF_UNIX, typ: csock.SOCK_STREAM,
			local:  fmt.Sprintf("@csock-echo-%d", os.Getpid()),
			report: []csock.AnyOption{csock.SO_PEERCRED},
		},
	}
}

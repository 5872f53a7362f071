package main

// A suite is the tests of a module that Go users know.
type suite struct {
	module, version, sum string
	packages             []string
	shims                []string          // besides csocknet
	long                 bool              // runs with -all alone
	slow                 string            // a regular expression of tests that run with -all alone
	without              map[string]string // tests that run nowhere, with the reason
	except               map[string]string // tests that pass over package net alone, with the reason
}

var suites = []suite{
	{
		module: "github.com/hashicorp/yamux", version: "v0.1.2", sum: "h1:XtB8kyFOyHXYVFnwT5C3+Bdo8gArse7j2AQ0DA0Uey8=",
		packages: []string{"."},
		// A few megabytes each, deadlines of 25 milliseconds, which a busy machine misses, or
		// (HalfClose…) a write that races with a reset, which fails over package net as often.
		slow: "^Test(HalfCloseSessionShutdown|SendData_Large|SendData_VeryLarge|ManyStreams_PingPong|OpenStreamTimeout|Session_PartialReadWindowUpdate)$",
	},
	{
		module: "golang.org/x/crypto", version: "v0.58.0", sum: "h1:COkYLr4k7nDI4r6QtMML2AfzeIswWHAJthLS6K/M/54=",
		packages: []string{"./ssh/..."},
		// Keys, without a socket, and many runs of the program ssh.
		slow: "^Test(Parse.*Key.*|Marshal.*|Kexes|SSHCLIKeyExchanges|SSHCLICBCEtM)$",
	},
	{
		module: "github.com/miekg/dns", version: "v1.1.73", sum: "h1:uhT8nJxmTrPJYClxVxTCX+CVn6qnzSiybRk72Z6DgrE=",
		packages: []string{"."},
	},
	{
		module: "github.com/coder/websocket", version: "v1.8.15", sum: "h1:6B2JPeOGlpff2Uz6vOEH1Vzpi0iUz20A+lPVhPHtNUA=",
		packages: []string{"./..."},
	},
	{
		module: "golang.org/x/net", version: "v0.62.0", sum: "h1:18ELalfM5+XNRwzM2nYqXsZQ9ByS1uhj2O/U7+5jqRY=",
		packages: []string{"./nettest", "./ipv4", "./ipv6", "./icmp", "./internal/socket", "./internal/socks", "./proxy", "./netutil", "./websocket"},
		without:  map[string]string{"TestRace": "builds a program with the go command, and needs its GOROOT"},
	},
	{
		module: "google.golang.org/grpc", version: "v1.85.0", sum: "h1:BPBCfuVRQ1qvBhKDOq9uvQllMvO59rKsYhXpp7Dd8vw=",
		packages: []string{"./internal/transport/..."}, long: true,
	},
	{
		module: "github.com/hashicorp/memberlist", version: "v0.7.0", sum: "h1:JfqTDFUIAzDEYKMhSc3Gpwe05zvSU3/cYtiZ3yW59TM=",
		packages: []string{"."}, long: true,
	},
	{
		module: "github.com/pion/mdns/v2", version: "v2.2.2", sum: "h1:qq9Kj3PnjF0mfSwd8Icu0CXy5aoYdQKnNUIsGPeUpgk=",
		packages: []string{"."}, long: true,
		without: map[string]string{"TestValidCommunication": "finds no interface for multicast in the suite's namespace, over package net neither; and x/net's PacketConn, which it uses, reads from a *net.UDPConn alone: see Socket.IntoNetPacketConn"},
	},
	{
		module: "github.com/quic-go/quic-go", version: "v0.65.0", sum: "h1:BJQSjdTvLPLmWtaCupUphRbgxgpZhdO/GMpr9Eoe3B4=",
		packages: []string{".", "./integrationtests/self"}, long: true,
		without: map[string]string{"TestStreamReadCancellation": "gives up after a second, which a busy machine exceeds over package net too"},
	},
	{
		module: "github.com/mdlayher/netlink", version: "v1.11.2", sum: "h1:HKh2jqe+omdSWcQ88nrT7INE61B0NXfiSPFdgL4YbNI=",
		packages: []string{"."}, shims: []string{"csocksocket"},
		except: map[string]string{
			"TestIntegrationConnConcurrentCloseUnblocksReceive": "wants the text of package os's error for a closed file; csock returns package net's",
		},
	},
}

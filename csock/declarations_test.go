//go:build cgo

package csock

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// sourceFiles are the Go files of the package without its tests.
func sourceFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source: %v", err)
	}
	return slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
}

// What may have a type of Go's own: counts and sizes, and special values of plain numbers. The
// numbers are hosts, networks, nodes, ports, devices, cookies and bytes, which C has as integers.
var plainConstants = regexp.MustCompile(`_(MTU|MAX|MIN|DLC|DLEN|BITS|OFFSET|MASK|SIZE|THRESHOLD|MAXINSNS|MEMWORDS|ZCOOKIES|DL|HDRLEN|MAXKEYLEN|ALIGNMENT)(_|$)|^SOMAXCONN$|` +
	`^(VMADDR_(CID|PORT)|QRTR_(NODE|PORT)|MCTP_NET|CAN_ISOTP_DEFAULT|IP_DEFAULT_MULTICAST)_|_PGOFF_|` +
	`^(HCI_DEV_NONE|CAN_TERMINATION_DISABLED|CAN_ERR_LOSTARB_UNSPEC|INET_DIAG_NOCOOKIE|IPV6_FLOWINFO_FLOWLABEL|IPV6_RTHDR_TYPE_0)$`)

// Each exported constant has a type, here and in package ring, and it is csock's own except where
// plainConstants says so.
func TestConstantsHaveTypes(t *testing.T) {
	n := 0
	ring, err := filepath.Glob("ring/*.go")
	if err != nil || len(ring) == 0 {
		t.Errorf("no source of package ring: %v", err)
	}
	for _, file := range append(sourceFiles(t), ring...) {
		for gen := range declarations(t, file) {
			if gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				spec := spec.(*ast.ValueSpec)
				for _, name := range spec.Names {
					if !name.IsExported() {
						continue
					}
					n++
					if spec.Type == nil {
						t.Errorf("%s: %s has no type", file, name.Name)
						continue
					}
					if typ, ok := spec.Type.(*ast.Ident); ok && !typ.IsExported() && !plainConstants.MatchString(name.Name) {
						t.Errorf("%s: %s is a mere %s", file, name.Name, typ.Name)
					}
				}
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d constants", n)
	}
}

// A time.Duration is not "in seconds": that reads as if a number were one. What is rounded says
// how. No field of a struct has a time as a number.
func TestDurationsDocumented(t *testing.T) {
	wrong := regexp.MustCompile(`\b[Ii]n (whole )?(seconds|milliseconds|microseconds|s|ms|µs)\b`)
	rounded := regexp.MustCompile(`rounded up to\s+whole\s+(seconds|milliseconds|microseconds)`)
	// The Value of the first two is a time or a count, as the policy says, and Stmin of the third a
	// code that stands for a time.
	notTimes := []string{"SCTPPRInfo", "SCTPDefaultPRInfo", "CANISOTPFCOptions"}
	unit := regexp.MustCompile(`\b(milli|micro|nano)?seconds\b`)
	codecs := []string{"secondsCodec", "millisecondsCodec", "microsecondsCodec", "lingerCodec"}
	options, fields := 0, 0
	for _, file := range sourceFiles(t) {
		for gen := range declarations(t, file) {
			for _, spec := range gen.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					if len(spec.Values) != 1 || typeName(spec.Type) != "Option[time.Duration]" {
						continue
					}
					options++
					doc := spec.Doc.Text() + gen.Doc.Text()
					if wrong.MatchString(doc) {
						t.Errorf("%s: %s: %q", file, spec.Names[0], wrong.FindString(doc))
					}
					call, _ := spec.Values[0].(*ast.CallExpr)
					if call == nil || !slices.Contains(codecs, typeName(call.Args[0])) {
						continue
					}
					if !rounded.MatchString(doc) {
						t.Errorf("%s: %s does not say to what it is rounded up", file, spec.Names[0])
					}
				case *ast.TypeSpec:
					s, ok := spec.Type.(*ast.StructType)
					if !ok {
						continue
					}
					for _, f := range s.Fields.List {
						doc := f.Doc.Text() + f.Comment.Text()
						if typeName(f.Type) != "time.Duration" {
							if spec.Name.IsExported() && unit.MatchString(doc) && !slices.Contains(notTimes, spec.Name.Name) {
								t.Errorf("%s: a field of %s is a time, but no time.Duration: %q", file, spec.Name, doc)
							}
							continue
						}
						fields++
						if wrong.MatchString(doc) {
							t.Errorf("%s: a field of %s: %q", file, spec.Name, wrong.FindString(doc))
						}
					}
				}
			}
		}
	}
	if options < 15 || fields < 20 {
		t.Errorf("only %d options and %d fields are durations", options, fields)
	}
}

// typeName is a type, or an identifier, as the source has it.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		return fmt.Sprintf("%s[%s]", typeName(e.X), typeName(e.Index))
	}
	return ""
}

// Exported structs that have no C struct of their name, and why.
var structsNotInC = map[string]string{
	// They mirror a C struct under another name.
	"BTConnInfo":    "struct l2cap_conninfo, rfcomm_conninfo and sco_conninfo in one",
	"IfHwaddr":      "ifr_hwaddr of struct ifreq, a struct sockaddr without a length of its own",
	"MPTCPSubflow":  "struct mptcp_subflow_info and the struct tcp_info of the same subflow",
	"PacketInfo":    "struct in_pktinfo and in6_pktinfo in one",
	"RDSRxTrace":    "an element of struct rds_rx_trace_so and of rds_cmsg_rx_trace",
	"SockaddrISOTP": "the member tp of the union in struct sockaddr_can",
	"SockaddrJ1939": "the member j1939 of the union in struct sockaddr_can",
	"SockaddrPPPoE": "the member pppoe of the union in struct sockaddr_pppox",
	"SockaddrPPTP":  "the member pptp of the union in struct sockaddr_pppox",
	"TPacketStats":  "struct tpacket_stats or tpacket_stats_v3, summed",

	// C has an array, a typedef or a macro instead of a struct.
	"Meminfo":                 "the array of SO_MEMINFO",
	"PortRange":               "the two numbers of IP_LOCAL_PORT_RANGE",
	"RXRPCCallTimeouts":       "the array of RXRPC_SET_CALL_TIMEOUT",
	"RXRPCUpgrade":            "the array of RXRPC_UPGRADEABLE_SERVICE",
	"SCTPPeeloffArg":          "sctp_peeloff_flags_arg_t is a typedef",
	"InterfaceIndexOrAddress": "socket2's name",
	"TCPKeepalive":            "socket2's name",

	// They are no values of C.
	"Batch": "", "BatchRoom": "", "Conn": "", "ContextConn": "", "ControlMessage": "", "IPConn": "", "Ioctl": "", "IoctlOf": "", "Listener": "",
	"Option": "", "PacketConn": "", "Setting": "", "Socket": "", "TCPConn": "", "UDPConn": "", "UnixConn": "", "ZeroCopy": "",
	"Block": "", "Frame": "", "TPacket": "", "TPacketConfig": "", "XDP": "", "XDPBatch": "", "XDPConfig": "", "XSKMap": "",
}

// Each exported struct has the name of the C struct that it mirrors, except for case and
// underscores. If its comment names C structs, it is one of them. A SockAddr holds a sockaddr.
func TestStructsHaveNamesOfC(t *testing.T) {
	files := sourceFiles(t)
	ring, err := filepath.Glob("ring/*.go")
	if err != nil || len(ring) == 0 {
		t.Errorf("no source of package ring: %v", err)
	}
	files = append(files, ring...)
	headers, err := filepath.Glob("*.h")
	if err != nil || len(headers) == 0 {
		t.Errorf("no headers: %v", err)
	}
	fold := func(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }
	names := regexp.MustCompile(`\bstruct[ _](?:csock_)?(\w+)|\bC\.(?:csock_)?(\w+)|\b(SOCKADDR_\w+)`)
	inC := map[string]bool{}
	for _, file := range append(headers, files...) {
		text, err := os.ReadFile(file)
		need.OK(t, err)
		for _, m := range names.FindAllStringSubmatch(string(text), -1) {
			inC[fold(m[1]+m[2]+m[3])] = true
		}
	}
	inComment := regexp.MustCompile(`\bstruct\s+(\w+)`)
	n, found := 0, map[string]bool{}
	for _, file := range files {
		for gen := range declarations(t, file) {
			for _, spec := range gen.Specs {
				spec, ok := spec.(*ast.TypeSpec)
				if !ok || !spec.Name.IsExported() {
					continue
				}
				if _, ok := spec.Type.(*ast.StructType); !ok {
					continue
				}
				n++
				name := spec.Name.Name
				found[name] = true
				if _, ok := structsNotInC[name]; ok {
					continue
				}
				if !inC[fold(name)] {
					t.Errorf("%s: no C struct has the name of %s", file, name)
				}
				mentioned := inComment.FindAllStringSubmatch(gen.Doc.Text()+spec.Doc.Text(), -1)
				if len(mentioned) > 0 && !slices.ContainsFunc(mentioned, func(m []string) bool { return fold(m[1]) == fold(name) }) {
					t.Errorf("%s: %s is a struct %s", file, name, mentioned[0][1])
				}
			}
		}
	}
	for name := range structsNotInC {
		if !found[name] {
			t.Errorf("there is no struct %s", name)
		}
	}
	if n < 150 {
		t.Errorf("only %d structs", n)
	}
}

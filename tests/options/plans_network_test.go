//go:build linux && cgo

package options

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

// The structs are those of tests/cref/option_examples.c.

var (
	anyGroup4  = netip.MustParseAddr("239.1.2.3")
	anyGroup6  = netip.MustParseAddr("ff12::1234")
	aSource4   = netip.MustParseAddr("10.9.8.1")
	aSource6   = netip.MustParseAddr("fd09::1")
	anAddress4 = netip.MustParseAddr("127.0.0.1")
)

var (
	timestamping = []any{csock.SoTimestamping{Flags: csock.SOF_TIMESTAMPING_RX_SOFTWARE | csock.SOF_TIMESTAMPING_SOFTWARE}}
	passProgram  = []any{[]csock.SockFilter{{Code: 0x06, K: 0xffffffff}}} // BPF_RET | BPF_K
	mreqns       = []any{
		csock.IPMreqn{Multiaddr: anyGroup4, Ifindex: 1},
		csock.IPMreqn{Multiaddr: anyGroup4, Address: anAddress4},
	}
	mreqSources     = []any{csock.IPMreqSource{Multiaddr: anyGroup4, Interface: anAddress4, Sourceaddr: aSource4}}
	groupReqs       = []any{csock.GroupReq{Interface: 1, Group: anyGroup4}, csock.GroupReq{Interface: 1, Group: anyGroup6}}
	groupSourceReqs = []any{
		csock.GroupSourceReq{Interface: 1, Group: anyGroup4, Source: aSource4},
		csock.GroupSourceReq{Interface: 1, Group: anyGroup6, Source: aSource6},
	}
	mreq6s      = []any{csock.IPv6Mreq{Multiaddr: anyGroup6, Interface: 1}}
	anycasts    = []any{csock.IPv6Mreq{Multiaddr: netip.MustParseAddr("fd09::99"), Interface: veth0}}
	vifs        = []any{csock.Vifctl{Vif: 3, Flags: csock.VIFF_USE_IFINDEX, Threshold: 1, LclIfindex: 1}}
	routes      = []any{csock.Mfcctl{Origin: aSource4, Mcastgrp: anyGroup4, TTLs: []uint8{1, 255}}}
	proxies     = []any{csock.Mfcctl{TTLs: []uint8{1}}}
	route6s     = []any{csock.Mf6cctl{Origin: aSource6, Mcastgrp: netip.MustParseAddr("ff15::1234"), Ifset: []uint16{1, 33}}}
	proxy6s     = []any{csock.Mf6cctl{Ifset: []uint16{0}}}
	icmp6s      = []any{csock.ICMP6BlockAll().Pass(csock.ICMP6_ECHO_REPLY), csock.ICMP6PassAll()}
	ipsecBypass = ipsecPolicy(4, 2) // IPSEC_POLICY_BYPASS, IPSEC_DIR_OUTBOUND
	flowLabel   = csock.In6FlowlabelReq{Dst: aSource6, Label: 0x12345, Action: csock.IPV6_FL_A_GET, Share: csock.IPV6_FL_S_ANY,
		Flags: csock.IPV6_FL_F_CREATE, Expires: 10 * time.Second, Linger: 6 * time.Second}
)

// ipsecPolicy is a struct sadb_x_policy in memory.
func ipsecPolicy(typ uint16, dir uint8) []byte {
	p := make([]byte, 16)
	binary.NativeEndian.PutUint16(p, uint16(len(p)/8))
	binary.NativeEndian.PutUint16(p[2:], 18) // SADB_X_EXT_POLICY
	binary.NativeEndian.PutUint16(p[4:], typ)
	p[6] = dir
	return p
}

// first sets an option before the one under test.
func first[T any](o csock.Option[T], value T) func(*csock.Socket) error {
	return func(s *csock.Socket) error { return o.Set(s, value) }
}

// both makes one preparation after another.
func both(a, b func(*csock.Socket) error) func(*csock.Socket) error {
	return func(s *csock.Socket) error { return errors.Join(a(s), b(s)) }
}

// joined and sourced make the socket a member of the group of every protocol that it speaks.
func joined(s *csock.Socket) error {
	err4 := csock.IP_ADD_MEMBERSHIP.Set(s, mreqns[0].(csock.IPMreqn))
	err6 := csock.IPV6_JOIN_GROUP.Set(s, mreq6s[0].(csock.IPv6Mreq))
	if err4 == nil || err6 == nil {
		return nil
	}
	return errors.Join(err4, err6)
}

func sourced(s *csock.Socket) error {
	err4 := csock.MCAST_JOIN_SOURCE_GROUP.Set(s, groupSourceReqs[0].(csock.GroupSourceReq))
	err6 := csock.MCAST_JOIN_SOURCE_GROUP.Set(s, groupSourceReqs[1].(csock.GroupSourceReq))
	if err4 == nil || err6 == nil {
		return nil
	}
	return errors.Join(err4, err6)
}

func blocked(s *csock.Socket) error {
	return errors.Join(joined(s), csock.MCAST_BLOCK_SOURCE.Set(s, groupSourceReqs[0].(csock.GroupSourceReq)))
}

func filtered(s *csock.Socket) error {
	return csock.SO_ATTACH_FILTER.Set(s, passProgram[0].([]csock.SockFilter))
}

func reuseportFiltered(s *csock.Socket) error {
	return errors.Join(csock.SO_REUSEPORT.Set(s, true), csock.SO_ATTACH_REUSEPORT_CBPF.Set(s, passProgram[0].([]csock.SockFilter)),
		s.Bind(loopback4))
}

var (
	routing4 = first(csock.MRT_INIT, 1)
	routing6 = first(csock.MRT6_INIT, 1)
)

// The plans of options of SOL_SOCKET and of the network layer.
var networkPlans = map[string]plan{
	"SO_SNDBUF":                {set: []any{1 << 16}, want: []any{1 << 17}},
	"SO_RCVBUF":                {set: []any{1 << 16}, want: []any{1 << 17}},
	"SO_SNDBUFFORCE":           {set: []any{1 << 16}},
	"SO_RCVBUFFORCE":           {set: []any{1 << 16}},
	"SO_PRIORITY":              {set: []any{0, 6, 7}},
	"SO_RCVLOWAT":              {set: []any{100}},
	"SO_BINDTODEVICE":          {set: []any{"lo", ""}},
	"SO_BINDTOIFINDEX":         {set: []any{1, 0}},
	"SO_MARK":                  {set: []any{uint32(0xfedcba98)}},
	"SO_PEEK_OFF":              {on: "unix", set: []any{7, -1}},
	"SO_INCOMING_CPU":          {set: []any{1}},
	"SO_MAX_PACING_RATE":       {set: []any{uint64(1 << 20), uint64(1 << 40), ^uint64(0)}},
	"SO_TXTIME":                {set: []any{csock.SockTxtime{Clock: 1, Flags: csock.SOF_TXTIME_REPORT_ERRORS}}},
	"SO_TIMESTAMPING":          {set: timestamping},
	"SO_TIMESTAMPING_OLD":      {set: timestamping},
	"SO_TIMESTAMPING_NEW":      {set: timestamping},
	"SO_ATTACH_FILTER":         {set: passProgram},
	"SO_ATTACH_REUSEPORT_CBPF": {on: "udp4", setUp: first(csock.SO_REUSEPORT, true), set: passProgram},
	"SO_PASSCRED":              {on: "unix"},
	"SO_PASSSEC":               {on: "unix"},
	"SO_PASSPIDFD":             {on: "unix"},
	"SO_PASSRIGHTS":            {on: "unix"},
	"SO_INQ":                   {on: "unix"},
	"SO_PEERCRED":              {on: "unix"},
	"SO_PEERGROUPS":            {on: "unix"},
	"SO_PEERNAME":              {on: "tcp4 connected", differs: true},
	"SO_PEERPIDFD":             {on: "unix", differs: true},
	"SO_COOKIE":                {differs: true},
	"SO_PEERSEC":               {on: "unix", lacks: syscall.ENOPROTOOPT}, // without a security module
	"SO_ATTACH_BPF":            {set: []any{-1}, setErr: syscall.EBADF},  // the filters' tests show that a program is attached
	"SO_ATTACH_REUSEPORT_EBPF": {set: []any{-1}, setErr: syscall.EBADF},
	"SO_DETACH_FILTER":         {setUp: filtered},
	"SO_DETACH_BPF":            {setUp: filtered},
	"SO_DETACH_REUSEPORT_BPF":  {on: "udp4", setUp: reuseportFiltered},
	"SO_RESERVE_MEM":           {set: []any{4096}, lacks: syscall.EOPNOTSUPP}, // without a memory cgroup
	"SO_LOCK_FILTER":           {set: []any{true}},
	"SO_DEVMEM_DONTNEED":       {set: []any{make([]byte, 8)}},
	"SO_BUF_LOCK":              {set: []any{csock.SOCK_SNDBUF_LOCK, csock.SOCK_SNDBUF_LOCK | csock.SOCK_RCVBUF_LOCK}},
	"SO_TXREHASH":              {set: []any{0, 1}},

	"IP_TOS":                    {set: []any{0, 0xb8, 255}},
	"IP_TTL":                    {set: []any{1, 64, 255}},
	"IP_HDRINCL":                {on: "raw4"},
	"IP_OPTIONS":                {set: []any{[]byte{1, 1, 1, 0}}},
	"IP_ROUTER_ALERT":           {on: "raw4", set: []any{true}},
	"IP_PKTOPTIONS":             {on: "tcp4 connected"},
	"IP_IPSEC_POLICY":           {set: []any{ipsecBypass}, lacks: syscall.EOPNOTSUPP}, // without PF_KEY
	"IP_XFRM_POLICY":            {set: []any{make([]byte, 16)}, setErr: syscall.EINVAL},
	"IP_NODEFRAG":               {on: "raw4"},
	"IP_MTU":                    {on: "udp4 connected"},
	"IP_MTU_DISCOVER":           {set: []any{csock.IP_PMTUDISC_DO, csock.IP_PMTUDISC_OMIT}},
	"IP_MINTTL":                 {set: []any{1, 255}},
	"IP_UNICAST_IF":             {set: []any{1, 0}},
	"IP_LOCAL_PORT_RANGE":       {set: []any{csock.PortRange{Low: 40000, High: 50000}}, inC: []any{uint32(40000 | 50000<<16)}},
	"IP_PROTOCOL":               {on: "raw4"},
	"IP_MULTICAST_IF":           {set: []any{anAddress4}},
	"IP_MULTICAST_TTL":          {set: []any{0, 255, -1}, want: []any{0, 255, 1}},
	"IP_ADD_MEMBERSHIP":         {set: mreqns},
	"IP_DROP_MEMBERSHIP":        {set: mreqns, setUp: joined},
	"IP_BLOCK_SOURCE":           {set: mreqSources, setUp: joined},
	"IP_UNBLOCK_SOURCE":         {set: mreqSources, setUp: blocked},
	"IP_ADD_SOURCE_MEMBERSHIP":  {set: mreqSources},
	"IP_DROP_SOURCE_MEMBERSHIP": {set: mreqSources, setUp: sourced},
	"IP_MSFILTER": {setUp: sourced, set: []any{
		csock.IPMsfilter{Multiaddr: anyGroup4, Interface: anAddress4, Fmode: csock.MCAST_INCLUDE, Slist: []netip.Addr{aSource4}}}},
	"MCAST_JOIN_GROUP":         {on: "udp6", set: groupReqs},
	"MCAST_LEAVE_GROUP":        {on: "udp6", set: groupReqs, setUp: joined},
	"MCAST_JOIN_SOURCE_GROUP":  {on: "udp6", set: groupSourceReqs},
	"MCAST_LEAVE_SOURCE_GROUP": {on: "udp6", set: groupSourceReqs, setUp: sourced},
	"MCAST_BLOCK_SOURCE":       {on: "udp6", set: groupSourceReqs, setUp: joined},
	"MCAST_UNBLOCK_SOURCE": {on: "udp6", set: groupSourceReqs, setUp: both(blocked,
		first(csock.MCAST_BLOCK_SOURCE, groupSourceReqs[1].(csock.GroupSourceReq)))},
	"MCAST_MSFILTER": {on: "udp6", setUp: joined, set: []any{
		csock.GroupFilter{Interface: 1, Group: anyGroup4, Fmode: csock.MCAST_INCLUDE, Slist: []netip.Addr{aSource4}},
		csock.GroupFilter{Interface: 1, Group: anyGroup6, Fmode: csock.MCAST_EXCLUDE, Slist: []netip.Addr{aSource6}}}},
	"SO_ORIGINAL_DST": {on: "tcp4 connected", getErr: syscall.ENOENT},

	"MRT_INIT":          {on: "igmp", set: []any{1}},
	"MRT_DONE":          {on: "igmp", setUp: routing4, set: []any{struct{}{}}},
	"MRT_ADD_VIF":       {on: "igmp", setUp: routing4, set: vifs},
	"MRT_DEL_VIF":       {on: "igmp", setUp: both(routing4, first(csock.MRT_ADD_VIF, vifs[0].(csock.Vifctl))), set: vifs},
	"MRT_ADD_MFC":       {on: "igmp", setUp: routing4, set: routes},
	"MRT_DEL_MFC":       {on: "igmp", setUp: both(routing4, first(csock.MRT_ADD_MFC, routes[0].(csock.Mfcctl))), set: routes},
	"MRT_VERSION":       {on: "igmp"},
	"MRT_ASSERT":        {on: "igmp", setUp: routing4},
	"MRT_PIM":           {on: "igmp", setUp: routing4},
	"MRT_TABLE":         {on: "igmp", set: []any{uint32(9)}},
	"MRT_ADD_MFC_PROXY": {on: "igmp", setUp: routing4, set: proxies},
	"MRT_DEL_MFC_PROXY": {on: "igmp", setUp: both(routing4, first(csock.MRT_ADD_MFC_PROXY, proxies[0].(csock.Mfcctl))), set: proxies},
	"MRT_FLUSH":         {on: "igmp", setUp: routing4, set: []any{csock.MRT_FLUSH_MFC}},

	"MRT6_INIT":          {on: "raw6", set: []any{1}},
	"MRT6_DONE":          {on: "raw6", setUp: routing6, set: []any{struct{}{}}},
	"MRT6_ADD_MIF":       {on: "raw6", setUp: routing6, set: []any{csock.Mif6ctl{Mif: 3, Threshold: 1, Pifi: 1}}},
	"MRT6_DEL_MIF":       {on: "raw6", setUp: both(routing6, first(csock.MRT6_ADD_MIF, csock.Mif6ctl{Mif: 3, Threshold: 1, Pifi: 1})), set: []any{3}},
	"MRT6_ADD_MFC":       {on: "raw6", setUp: routing6, set: route6s},
	"MRT6_DEL_MFC":       {on: "raw6", setUp: both(routing6, first(csock.MRT6_ADD_MFC, route6s[0].(csock.Mf6cctl))), set: route6s},
	"MRT6_VERSION":       {on: "raw6"},
	"MRT6_ASSERT":        {on: "raw6", setUp: routing6},
	"MRT6_PIM":           {on: "raw6", setUp: routing6},
	"MRT6_TABLE":         {on: "raw6", set: []any{uint32(9)}},
	"MRT6_ADD_MFC_PROXY": {on: "raw6", setUp: routing6, set: proxy6s},
	"MRT6_DEL_MFC_PROXY": {on: "raw6", setUp: both(routing6, first(csock.MRT6_ADD_MFC_PROXY, proxy6s[0].(csock.Mf6cctl))), set: proxy6s},
	"MRT6_FLUSH":         {on: "raw6", setUp: routing6, set: []any{csock.MRT6_FLUSH_MFC}},

	"IPV6_UNICAST_HOPS":     {set: []any{0, 255, -1}, want: []any{0, 255, 64}},
	"IPV6_MULTICAST_HOPS":   {set: []any{0, 255, -1}, want: []any{0, 255, 1}},
	"IPV6_MULTICAST_IF":     {set: []any{1, 0}},
	"IPV6_TCLASS":           {set: []any{0, 255}},
	"IPV6_ADDRFORM":         {on: "tcp6 mapped", set: []any{csock.AF_INET}, getErr: syscall.EOPNOTSUPP}, // it is IPv4 by then
	"IPV6_2292PKTOPTIONS":   {on: "tcp6 connected", set: []any{[]byte{}}},
	"IPV6_IPSEC_POLICY":     {set: []any{ipsecBypass}, lacks: syscall.EOPNOTSUPP},
	"IPV6_XFRM_POLICY":      {set: []any{make([]byte, 16)}, setErr: syscall.EINVAL},
	"IPV6_CHECKSUM":         {on: "rawip6", set: []any{2, -1}},
	"IPV6_ROUTER_ALERT":     {on: "rawip6", set: []any{7}, want: []any{1}},
	"IPV6_MTU_DISCOVER":     {set: []any{csock.IPV6_PMTUDISC_DO, csock.IPV6_PMTUDISC_OMIT}},
	"IPV6_MTU":              {on: "udp6 connected", set: []any{1300}, want: []any{65536}},
	"IPV6_HDRINCL":          {on: "rawudp6"},
	"IPV6_ADDR_PREFERENCES": {set: []any{csock.IPV6_PREFER_SRC_TMP}, want: []any{csock.IPV6_PREFER_SRC_TMP | csock.IPV6_PREFER_SRC_HOME}},
	"IPV6_MINHOPCOUNT":      {set: []any{0, 255}},
	"IPV6_UNICAST_IF":       {set: []any{1, 0}},
	"IPV6_PKTINFO":          {set: []any{csock.In6Pktinfo{Addr: netip.IPv6Loopback(), Ifindex: 1}}},
	"IPV6_HOPOPTS":          {set: []any{[]byte{0, 0, 1, 4, 0, 0, 0, 0}}},
	"IPV6_DSTOPTS":          {set: []any{[]byte{0, 0, 1, 4, 0, 0, 0, 0}}},
	"IPV6_RTHDRDSTOPTS":     {set: []any{[]byte{0, 0, 1, 4, 0, 0, 0, 0}}},
	"IPV6_RTHDR":            {set: []any{[]byte{0, 2, 4, 0, 0, 0, 0, 0, 0xfd, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}},
	"IPV6_FLOWLABEL_MGR":    {set: []any{flowLabel}, getErr: syscall.ENOENT},
	"IPV6_PATHMTU":          {on: "udp6 connected"},
	"IPV6_JOIN_GROUP":       {set: mreq6s},
	"IPV6_LEAVE_GROUP":      {set: mreq6s, setUp: joined},
	"IPV6_ADD_MEMBERSHIP":   {set: mreq6s},
	"IPV6_DROP_MEMBERSHIP":  {set: mreq6s, setUp: joined},
	"IPV6_JOIN_ANYCAST":     {set: anycasts},
	"IPV6_LEAVE_ANYCAST":    {set: anycasts, setUp: first(csock.IPV6_JOIN_ANYCAST, anycasts[0].(csock.IPv6Mreq))},
	"IP6T_SO_ORIGINAL_DST":  {on: "tcp6 connected", getErr: syscall.ENOENT},

	"ICMP_FILTER":   {set: []any{csock.ICMPFilter(1<<8 | 1<<13)}}, // ICMP_ECHO, ICMP_TIMESTAMP
	"ICMP6_FILTER":  {set: icmp6s},
	"ICMPV6_FILTER": {set: icmp6s},
}

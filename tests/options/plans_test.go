//go:build linux && cgo

package options

import (
	"maps"
	"reflect"

	"github.com/csock/go-csock/csock"
	"github.com/google/go-cmp/cmp"
	"net/netip"
)

var plans = func() map[string]plan {
	all := map[string]plan{}
	maps.Copy(all, transportPlans)
	maps.Copy(all, networkPlans)
	maps.Copy(all, sctpPlans)
	maps.Copy(all, familyPlans)
	return all
}()

// leftOut are the options that csock does not declare, and why.
var leftOut = map[string]string{
	"SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD": "SO_VM_SOCKETS_CONNECT_TIMEOUT is the one that fits time_t",
	"SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW": "SO_VM_SOCKETS_CONNECT_TIMEOUT is the one that fits time_t",
	"SO_BSDCOMPAT":                      "without effect",
	"SCTP_SOCKOPT_CONNECTX_OLD":         "SCTP_SOCKOPT_CONNECTX took its place",
	"SCTP_SOCKOPT_CONNECTX3":            "SCTP_SOCKOPT_CONNECTX took its place",
	"DCCP_SOCKOPT_PACKET_SIZE":          "without effect",
	"DCCP_SOCKOPT_CHANGE_L":             "without effect",
	"DCCP_SOCKOPT_CHANGE_R":             "without effect",
}

var compareValues = []cmp.Option{
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.Comparer(func(a, b csock.SockAddr) bool { return a == b }),
}

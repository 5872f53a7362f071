//go:build linux && cgo

package options

import (
	"time"

	"github.com/csock/go-csock/csock"
)

// The structs are those of tests/cref/option_examples.c.

const assoc csock.SCTPAssocID = 5

var (
	assocValues = []any{csock.SCTPAssocValue{AssocID: assoc, Value: 0x01020304}}
	sackInfos   = []any{csock.SCTPSackInfo{AssocID: assoc, Delay: 250 * time.Millisecond, Freq: 3}}
	authKeyIDs  = []any{csock.SCTPAuthKeyID{AssocID: assoc, Number: 258}}
	addresses   = []any{[]csock.SockAddr{addr4("10.9.8.1"), addr4("127.0.0.1")}}
)

// The plans of options of SCTP and DCCP. Only their bytes are tested: see levelSocket.
var sctpPlans = map[string]plan{
	"SCTP_RTOINFO": {set: []any{csock.SCTPRTOInfo{AssocID: assoc, Initial: 3 * time.Second, Max: time.Minute, Min: time.Second}}},
	"SCTP_ASSOCINFO": {set: []any{csock.SCTPAssocParams{AssocID: assoc, MaxRetrans: 258, NumberOfDestinations: 2, PeerRwnd: 3,
		LocalRwnd: 4, CookieLife: time.Minute}}},
	"SCTP_INITMSG":               {set: []any{csock.SCTPInitMsg{NumOstreams: 1, MaxInstreams: 2, MaxAttempts: 3, MaxInitTimeo: 4 * time.Second}}},
	"SCTP_SET_PEER_PRIMARY_ADDR": {set: []any{csock.SCTPPrim{AssocID: assoc, Addr: addr4("10.9.8.1")}}},
	"SCTP_PRIMARY_ADDR":          {set: []any{csock.SCTPPrim{AssocID: assoc, Addr: addr4("10.9.8.1")}}},
	"SCTP_ADAPTATION_LAYER":      {set: []any{0x01020304}},
	"SCTP_PEER_ADDR_PARAMS": {set: []any{csock.SCTPPaddrParams{AssocID: assoc, Address: addr4("10.9.8.1"), HBInterval: 30 * time.Second,
		PathMaxRxt: 258, PathMTU: 1400, SackDelay: 200 * time.Millisecond,
		Flags: csock.SPP_HB_ENABLE | csock.SPP_PMTUD_DISABLE | csock.SPP_DSCP, IPv6Flowlabel: 0x12345, DSCP: 0xb8}}},
	"SCTP_DEFAULT_SEND_PARAM": {set: []any{csock.SCTPSndRcvInfo{Stream: 1, SSN: 2, Flags: 3, PPID: 4, Context: 5, TimeToLive: 6 * time.Second,
		TSN: 7, CumTSN: 8, AssocID: 9}}},
	"SCTP_EVENTS":           {set: []any{csock.SCTPEventSubscribe{DataIO: true, Address: true, Shutdown: true, SenderDry: true}}},
	"SCTP_MAXSEG":           {set: assocValues},
	"SCTP_DELAYED_ACK_TIME": {set: sackInfos},
	"SCTP_DELAYED_ACK":      {set: sackInfos},
	"SCTP_DELAYED_SACK":     {set: sackInfos},
	"SCTP_CONTEXT":          {set: assocValues},
	"SCTP_MAX_BURST":        {set: assocValues},
	"SCTP_AUTH_CHUNK":       {set: []any{0xc1}},
	"SCTP_HMAC_IDENT":       {set: []any{[]csock.SCTPHMACID{csock.SCTP_AUTH_HMAC_ID_SHA256, csock.SCTP_AUTH_HMAC_ID_SHA1}}},
	"SCTP_AUTH_KEY":         {set: []any{csock.SCTPAuthKey{AssocID: assoc, Number: 258, Key: []byte("password")}}},

	"SCTP_AUTH_ACTIVE_KEY":                 {set: authKeyIDs},
	"SCTP_AUTH_DELETE_KEY":                 {set: authKeyIDs},
	"SCTP_AUTH_DEACTIVATE_KEY":             {set: authKeyIDs},
	"SCTP_PEER_ADDR_THLDS":                 {set: []any{csock.SCTPPaddrThlds{AssocID: assoc, Address: addr4("10.9.8.1"), PathMaxRxt: 5, PathPFThld: 3}}},
	"SCTP_PEER_ADDR_THLDS_V2":              {set: []any{csock.SCTPPaddrThlds{AssocID: assoc, Address: addr4("10.9.8.1"), PathMaxRxt: 5, PathPFThld: 3, PathCPThld: 4}}},
	"SCTP_DEFAULT_SNDINFO":                 {set: []any{csock.SCTPSndInfo{SID: 1, Flags: 2, PPID: 3, Context: 4, AssocID: int32(assoc)}}},
	"SCTP_SOCKOPT_BINDX_ADD":               {set: addresses},
	"SCTP_SOCKOPT_BINDX_REM":               {set: addresses},
	"SCTP_SOCKOPT_CONNECTX":                {set: addresses},
	"SCTP_PR_SUPPORTED":                    {set: assocValues},
	"SCTP_DEFAULT_PRINFO":                  {set: []any{csock.SCTPDefaultPRInfo{AssocID: assoc, Value: 3000, Policy: csock.SCTP_PR_SCTP_TTL}}},
	"SCTP_RECONFIG_SUPPORTED":              {set: assocValues},
	"SCTP_ENABLE_STREAM_RESET":             {set: assocValues},
	"SCTP_RESET_STREAMS":                   {set: []any{csock.SCTPResetStreams{AssocID: assoc, Flags: csock.SCTP_STREAM_RESET_OUTGOING, Streams: []uint16{258, 7}}}},
	"SCTP_ADD_STREAMS":                     {set: []any{csock.SCTPAddStreams{AssocID: assoc, InStreams: 1, OutStreams: 2}}},
	"SCTP_STREAM_SCHEDULER":                {set: assocValues},
	"SCTP_STREAM_SCHEDULER_VALUE":          {set: []any{csock.SCTPStreamValue{AssocID: assoc, Stream: 1, Value: 2}}},
	"SCTP_INTERLEAVING_SUPPORTED":          {set: assocValues},
	"SCTP_EVENT":                           {set: []any{csock.SCTPEvent{AssocID: assoc, Type: csock.SCTP_SHUTDOWN_EVENT, On: true}}},
	"SCTP_ASCONF_SUPPORTED":                {set: assocValues},
	"SCTP_AUTH_SUPPORTED":                  {set: assocValues},
	"SCTP_ECN_SUPPORTED":                   {set: assocValues},
	"SCTP_EXPOSE_POTENTIALLY_FAILED_STATE": {set: assocValues},
	"SCTP_EXPOSE_PF_STATE":                 {set: assocValues},
	"SCTP_REMOTE_UDP_ENCAPS_PORT":          {set: []any{csock.SCTPUDPEncaps{AssocID: assoc, Address: addr4("10.9.8.1"), Port: 9899}}},
	"SCTP_PLPMTUD_PROBE_INTERVAL":          {set: []any{csock.SCTPProbeInterval{AssocID: assoc, Address: addr4("10.9.8.1"), Interval: 5 * time.Second}}},

	"DCCP_SOCKOPT_SERVICE": {set: []any{[]uint32{0x01020304, 5}}, inC: []any{[]byte{1, 2, 3, 4, 0, 0, 0, 5}}},
	"DCCP_SOCKOPT_CCID":    {set: []any{[]csock.DCCPCCID{csock.DCCPC_CCID3, csock.DCCPC_CCID2}}},
	"DCCP_SOCKOPT_TX_CCID": {set: []any{[]csock.DCCPCCID{csock.DCCPC_CCID3, csock.DCCPC_CCID2}}},
	"DCCP_SOCKOPT_RX_CCID": {set: []any{[]csock.DCCPCCID{csock.DCCPC_CCID3, csock.DCCPC_CCID2}}},
}

//go:build cgo

package csock

import "github.com/csock/go-csock/csock/internal/sys"

// Protocol families: what some C programs pass to socket(2). Each is the AF_ constant of the same
// name.
const (
	PF_UNSPEC     Domain = sys.AF_UNSPEC
	PF_UNIX       Domain = sys.AF_UNIX
	PF_LOCAL      Domain = sys.AF_LOCAL
	PF_FILE       Domain = sys.AF_FILE
	PF_INET       Domain = sys.AF_INET
	PF_INET6      Domain = sys.AF_INET6
	PF_NETLINK    Domain = sys.AF_NETLINK
	PF_ROUTE      Domain = sys.AF_ROUTE
	PF_PACKET     Domain = sys.AF_PACKET
	PF_VSOCK      Domain = sys.AF_VSOCK
	PF_BLUETOOTH  Domain = sys.AF_BLUETOOTH
	PF_KEY        Domain = sys.AF_KEY
	PF_MPLS       Domain = sys.AF_MPLS
	PF_ALG        Domain = sys.AF_ALG
	PF_CAN        Domain = sys.AF_CAN
	PF_XDP        Domain = sys.AF_XDP
	PF_TIPC       Domain = sys.AF_TIPC
	PF_RDS        Domain = sys.AF_RDS
	PF_SMC        Domain = sys.AF_SMC
	PF_KCM        Domain = sys.AF_KCM
	PF_QIPCRTR    Domain = sys.AF_QIPCRTR
	PF_RXRPC      Domain = sys.AF_RXRPC
	PF_PPPOX      Domain = sys.AF_PPPOX
	PF_LLC        Domain = sys.AF_LLC
	PF_MCTP       Domain = sys.AF_MCTP
	PF_IB         Domain = sys.AF_IB
	PF_BRIDGE     Domain = sys.AF_BRIDGE
	PF_X25        Domain = sys.AF_X25
	PF_AX25       Domain = sys.AF_AX25
	PF_NETROM     Domain = sys.AF_NETROM
	PF_ROSE       Domain = sys.AF_ROSE
	PF_ATMPVC     Domain = sys.AF_ATMPVC
	PF_ATMSVC     Domain = sys.AF_ATMSVC
	PF_IUCV       Domain = sys.AF_IUCV
	PF_ISDN       Domain = sys.AF_ISDN
	PF_PHONET     Domain = sys.AF_PHONET
	PF_IEEE802154 Domain = sys.AF_IEEE802154
	PF_CAIF       Domain = sys.AF_CAIF
	PF_NFC        Domain = sys.AF_NFC
	PF_IPX        Domain = sys.AF_IPX
	PF_DECnet     Domain = sys.AF_DECnet
	PF_IRDA       Domain = sys.AF_IRDA
	PF_ECONET     Domain = sys.AF_ECONET
	PF_WANPIPE    Domain = sys.AF_WANPIPE
	PF_NETBEUI    Domain = sys.AF_NETBEUI
	PF_SECURITY   Domain = sys.AF_SECURITY
	PF_ASH        Domain = sys.AF_ASH
	PF_SNA        Domain = sys.AF_SNA
	PF_APPLETALK  Domain = sys.AF_APPLETALK
)

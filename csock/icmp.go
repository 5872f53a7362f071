//go:build cgo

package csock

import "github.com/csock/go-csock/csock/internal/sys"

// Types and codes of ICMP messages, for ICMP_FILTER, ICMP6_FILTER, SockExtendedErr and messages of
// raw and ping sockets. See icmp(7), RFC 792, RFC 1812 and RFC 4443.

// An ICMPType is the type of an ICMP message.
type ICMPType uint8

// See RFC 792 and linux/icmp.h.
const (
	ICMP_ECHOREPLY      ICMPType = sys.ICMP_ECHOREPLY      // the reply to ICMP_ECHO
	ICMP_DEST_UNREACH   ICMPType = sys.ICMP_DEST_UNREACH   // the destination cannot be reached; the code says why
	ICMP_SOURCE_QUENCH  ICMPType = sys.ICMP_SOURCE_QUENCH  // send less; deprecated by RFC 6633
	ICMP_REDIRECT       ICMPType = sys.ICMP_REDIRECT       // another router is nearer; the code says for what
	ICMP_ECHO           ICMPType = sys.ICMP_ECHO           // a request to reply
	ICMP_TIME_EXCEEDED  ICMPType = sys.ICMP_TIME_EXCEEDED  // the packet lived too long; the code says where
	ICMP_PARAMETERPROB  ICMPType = sys.ICMP_PARAMETERPROB  // a field of the header is wrong
	ICMP_TIMESTAMP      ICMPType = sys.ICMP_TIMESTAMP      // a request for the time
	ICMP_TIMESTAMPREPLY ICMPType = sys.ICMP_TIMESTAMPREPLY // the reply to ICMP_TIMESTAMP
	ICMP_INFO_REQUEST   ICMPType = sys.ICMP_INFO_REQUEST   // a request for the network's number; obsolete
	ICMP_INFO_REPLY     ICMPType = sys.ICMP_INFO_REPLY     // the reply to ICMP_INFO_REQUEST
	ICMP_ADDRESS        ICMPType = sys.ICMP_ADDRESS        // a request for the address mask; obsolete
	ICMP_ADDRESSREPLY   ICMPType = sys.ICMP_ADDRESSREPLY   // the reply to ICMP_ADDRESS
	ICMP_MASKREQ        ICMPType = sys.ICMP_MASKREQ        // another name of ICMP_ADDRESS (BSD)
	ICMP_MASKREPLY      ICMPType = sys.ICMP_MASKREPLY      // another name of ICMP_ADDRESSREPLY (BSD)
	ICMP_EXT_ECHO       ICMPType = sys.ICMP_EXT_ECHO       // an extended echo request, RFC 8335
	ICMP_EXT_ECHOREPLY  ICMPType = sys.ICMP_EXT_ECHOREPLY  // the reply to ICMP_EXT_ECHO
)

// String returns the C name of i, or its number.
func (i ICMPType) String() string { return nameOf(i, namesICMPType) }

// An ICMPCode is the code of an ICMP message; its meaning depends on the type.
type ICMPCode uint8

// Codes of ICMP_DEST_UNREACH, ICMP_REDIRECT, ICMP_TIME_EXCEEDED and ICMP_EXT_ECHOREPLY.
const (
	ICMP_NET_UNREACH           ICMPCode = sys.ICMP_NET_UNREACH           // no route to the network
	ICMP_HOST_UNREACH          ICMPCode = sys.ICMP_HOST_UNREACH          // the host does not respond
	ICMP_PROT_UNREACH          ICMPCode = sys.ICMP_PROT_UNREACH          // the host lacks the protocol
	ICMP_PORT_UNREACH          ICMPCode = sys.ICMP_PORT_UNREACH          // no socket has the port
	ICMP_FRAG_NEEDED           ICMPCode = sys.ICMP_FRAG_NEEDED           // too long to pass without fragments
	ICMP_SR_FAILED             ICMPCode = sys.ICMP_SR_FAILED             // the source route failed
	ICMP_NET_UNKNOWN           ICMPCode = sys.ICMP_NET_UNKNOWN           // the network is unknown
	ICMP_HOST_UNKNOWN          ICMPCode = sys.ICMP_HOST_UNKNOWN          // the host is unknown
	ICMP_HOST_ISOLATED         ICMPCode = sys.ICMP_HOST_ISOLATED         // the host is isolated; obsolete
	ICMP_NET_ANO               ICMPCode = sys.ICMP_NET_ANO               // the network is prohibited
	ICMP_HOST_ANO              ICMPCode = sys.ICMP_HOST_ANO              // the host is prohibited
	ICMP_NET_UNR_TOS           ICMPCode = sys.ICMP_NET_UNR_TOS           // no route to the network for the type of service
	ICMP_HOST_UNR_TOS          ICMPCode = sys.ICMP_HOST_UNR_TOS          // no route to the host for the type of service
	ICMP_PKT_FILTERED          ICMPCode = sys.ICMP_PKT_FILTERED          // a filter rejected the packet
	ICMP_PREC_VIOLATION        ICMPCode = sys.ICMP_PREC_VIOLATION        // the precedence is not permitted
	ICMP_PREC_CUTOFF           ICMPCode = sys.ICMP_PREC_CUTOFF           // the precedence is too low
	ICMP_REDIR_NET             ICMPCode = sys.ICMP_REDIR_NET             // of ICMP_REDIRECT: for the network
	ICMP_REDIR_HOST            ICMPCode = sys.ICMP_REDIR_HOST            // of ICMP_REDIRECT: for the host
	ICMP_REDIR_NETTOS          ICMPCode = sys.ICMP_REDIR_NETTOS          // of ICMP_REDIRECT: for the network and type of service
	ICMP_REDIR_HOSTTOS         ICMPCode = sys.ICMP_REDIR_HOSTTOS         // of ICMP_REDIRECT: for the host and type of service
	ICMP_EXC_TTL               ICMPCode = sys.ICMP_EXC_TTL               // of ICMP_TIME_EXCEEDED: the time to live ran out
	ICMP_EXC_FRAGTIME          ICMPCode = sys.ICMP_EXC_FRAGTIME          // of ICMP_TIME_EXCEEDED: fragments were missing
	ICMP_EXT_CODE_MAL_QUERY    ICMPCode = sys.ICMP_EXT_CODE_MAL_QUERY    // of ICMP_EXT_ECHOREPLY: malformed query
	ICMP_EXT_CODE_NO_IF        ICMPCode = sys.ICMP_EXT_CODE_NO_IF        // of ICMP_EXT_ECHOREPLY: no such interface
	ICMP_EXT_CODE_NO_TABLE_ENT ICMPCode = sys.ICMP_EXT_CODE_NO_TABLE_ENT // of ICMP_EXT_ECHOREPLY: no such entry
	ICMP_EXT_CODE_MULT_IFS     ICMPCode = sys.ICMP_EXT_CODE_MULT_IFS     // of ICMP_EXT_ECHOREPLY: several interfaces match
)

// An ICMPv6Type is the type of an ICMPv6 message. Those of errors are below ICMP6_INFOMSG_MASK.
type ICMPv6Type uint8

// See RFC 4443, netinet/icmp6.h and linux/icmpv6.h.
const (
	ICMP6_DST_UNREACH        ICMPv6Type = sys.ICMP6_DST_UNREACH        // the destination cannot be reached; the code says why
	ICMP6_PACKET_TOO_BIG     ICMPv6Type = sys.ICMP6_PACKET_TOO_BIG     // too long for a link of the path
	ICMP6_TIME_EXCEEDED      ICMPv6Type = sys.ICMP6_TIME_EXCEEDED      // the packet lived too long; the code says where
	ICMP6_PARAM_PROB         ICMPv6Type = sys.ICMP6_PARAM_PROB         // a part of the packet is wrong; the code says which
	ICMP6_INFOMSG_MASK       ICMPv6Type = sys.ICMP6_INFOMSG_MASK       // set in the types of messages that are not errors
	ICMP6_ECHO_REQUEST       ICMPv6Type = sys.ICMP6_ECHO_REQUEST       // a request to reply
	ICMP6_ECHO_REPLY         ICMPv6Type = sys.ICMP6_ECHO_REPLY         // the reply to ICMP6_ECHO_REQUEST
	MLD_LISTENER_QUERY       ICMPv6Type = sys.MLD_LISTENER_QUERY       // who listens to the multicast group?
	MLD_LISTENER_REPORT      ICMPv6Type = sys.MLD_LISTENER_REPORT      // the sender listens to the group
	MLD_LISTENER_REDUCTION   ICMPv6Type = sys.MLD_LISTENER_REDUCTION   // the sender no longer listens to the group
	ND_ROUTER_SOLICIT        ICMPv6Type = sys.ND_ROUTER_SOLICIT        // routers, advertise yourselves
	ND_ROUTER_ADVERT         ICMPv6Type = sys.ND_ROUTER_ADVERT         // a router's advertisement
	ND_NEIGHBOR_SOLICIT      ICMPv6Type = sys.ND_NEIGHBOR_SOLICIT      // who has the address?
	ND_NEIGHBOR_ADVERT       ICMPv6Type = sys.ND_NEIGHBOR_ADVERT       // the sender has the address
	ND_REDIRECT              ICMPv6Type = sys.ND_REDIRECT              // another router is nearer
	ICMPV6_DEST_UNREACH      ICMPv6Type = sys.ICMPV6_DEST_UNREACH      // Linux's name of ICMP6_DST_UNREACH
	ICMPV6_PKT_TOOBIG        ICMPv6Type = sys.ICMPV6_PKT_TOOBIG        // Linux's name of ICMP6_PACKET_TOO_BIG
	ICMPV6_TIME_EXCEED       ICMPv6Type = sys.ICMPV6_TIME_EXCEED       // Linux's name of ICMP6_TIME_EXCEEDED
	ICMPV6_PARAMPROB         ICMPv6Type = sys.ICMPV6_PARAMPROB         // Linux's name of ICMP6_PARAM_PROB
	ICMPV6_INFOMSG_MASK      ICMPv6Type = sys.ICMPV6_INFOMSG_MASK      // Linux's name of ICMP6_INFOMSG_MASK
	ICMPV6_ECHO_REQUEST      ICMPv6Type = sys.ICMPV6_ECHO_REQUEST      // Linux's name of ICMP6_ECHO_REQUEST
	ICMPV6_ECHO_REPLY        ICMPv6Type = sys.ICMPV6_ECHO_REPLY        // Linux's name of ICMP6_ECHO_REPLY
	ICMPV6_MGM_QUERY         ICMPv6Type = sys.ICMPV6_MGM_QUERY         // Linux's name of MLD_LISTENER_QUERY
	ICMPV6_MGM_REPORT        ICMPv6Type = sys.ICMPV6_MGM_REPORT        // Linux's name of MLD_LISTENER_REPORT
	ICMPV6_MGM_REDUCTION     ICMPv6Type = sys.ICMPV6_MGM_REDUCTION     // Linux's name of MLD_LISTENER_REDUCTION
	ICMPV6_NI_QUERY          ICMPv6Type = sys.ICMPV6_NI_QUERY          // a query for a node's names or addresses, RFC 4620
	ICMPV6_NI_REPLY          ICMPv6Type = sys.ICMPV6_NI_REPLY          // the reply to ICMPV6_NI_QUERY
	ICMPV6_MLD2_REPORT       ICMPv6Type = sys.ICMPV6_MLD2_REPORT       // the groups and sources that the sender listens to, RFC 3810
	ICMPV6_DHAAD_REQUEST     ICMPv6Type = sys.ICMPV6_DHAAD_REQUEST     // a request for home agents, RFC 6275
	ICMPV6_DHAAD_REPLY       ICMPv6Type = sys.ICMPV6_DHAAD_REPLY       // the reply to ICMPV6_DHAAD_REQUEST
	ICMPV6_MOBILE_PREFIX_SOL ICMPv6Type = sys.ICMPV6_MOBILE_PREFIX_SOL // a request for mobile prefixes, RFC 6275
	ICMPV6_MOBILE_PREFIX_ADV ICMPv6Type = sys.ICMPV6_MOBILE_PREFIX_ADV // the reply to ICMPV6_MOBILE_PREFIX_SOL
	ICMPV6_EXT_ECHO_REQUEST  ICMPv6Type = sys.ICMPV6_EXT_ECHO_REQUEST  // an extended echo request, RFC 8335
	ICMPV6_EXT_ECHO_REPLY    ICMPv6Type = sys.ICMPV6_EXT_ECHO_REPLY    // the reply to ICMPV6_EXT_ECHO_REQUEST
)

// String returns the C name of i, or its number.
func (i ICMPv6Type) String() string { return nameOf(i, namesICMPv6Type) }

// An ICMPv6Code is the code of an ICMPv6 message; its meaning depends on the type.
type ICMPv6Code uint8

// Codes of ICMP6_DST_UNREACH, ICMP6_TIME_EXCEEDED and ICMP6_PARAM_PROB.
const (
	// no route
	ICMP6_DST_UNREACH_NOROUTE ICMPv6Code = sys.ICMP6_DST_UNREACH_NOROUTE
	// prohibited
	ICMP6_DST_UNREACH_ADMIN ICMPv6Code = sys.ICMP6_DST_UNREACH_ADMIN
	// beyond the scope of the source address
	ICMP6_DST_UNREACH_BEYONDSCOPE ICMPv6Code = sys.ICMP6_DST_UNREACH_BEYONDSCOPE
	// the host does not respond
	ICMP6_DST_UNREACH_ADDR ICMPv6Code = sys.ICMP6_DST_UNREACH_ADDR
	// no socket has the port
	ICMP6_DST_UNREACH_NOPORT ICMPv6Code = sys.ICMP6_DST_UNREACH_NOPORT
	// of ICMP6_TIME_EXCEEDED: the hop limit ran out
	ICMP6_TIME_EXCEED_TRANSIT ICMPv6Code = sys.ICMP6_TIME_EXCEED_TRANSIT
	// of ICMP6_TIME_EXCEEDED: fragments were missing
	ICMP6_TIME_EXCEED_REASSEMBLY ICMPv6Code = sys.ICMP6_TIME_EXCEED_REASSEMBLY
	// of ICMP6_PARAM_PROB: a field of a header
	ICMP6_PARAMPROB_HEADER ICMPv6Code = sys.ICMP6_PARAMPROB_HEADER
	// of ICMP6_PARAM_PROB: an unknown header
	ICMP6_PARAMPROB_NEXTHEADER ICMPv6Code = sys.ICMP6_PARAMPROB_NEXTHEADER
	// of ICMP6_PARAM_PROB: an unknown option
	ICMP6_PARAMPROB_OPTION ICMPv6Code = sys.ICMP6_PARAMPROB_OPTION
	// Linux's name of ICMP6_DST_UNREACH_NOROUTE
	ICMPV6_NOROUTE ICMPv6Code = sys.ICMPV6_NOROUTE
	// Linux's name of ICMP6_DST_UNREACH_ADMIN
	ICMPV6_ADM_PROHIBITED ICMPv6Code = sys.ICMPV6_ADM_PROHIBITED
	// Linux's name of ICMP6_DST_UNREACH_BEYONDSCOPE
	ICMPV6_NOT_NEIGHBOUR ICMPv6Code = sys.ICMPV6_NOT_NEIGHBOUR
	// Linux's name of ICMP6_DST_UNREACH_ADDR
	ICMPV6_ADDR_UNREACH ICMPv6Code = sys.ICMPV6_ADDR_UNREACH
	// Linux's name of ICMP6_DST_UNREACH_NOPORT
	ICMPV6_PORT_UNREACH ICMPv6Code = sys.ICMPV6_PORT_UNREACH
	// the source address breaks a policy
	ICMPV6_POLICY_FAIL ICMPv6Code = sys.ICMPV6_POLICY_FAIL
	// the route rejects
	ICMPV6_REJECT_ROUTE ICMPv6Code = sys.ICMPV6_REJECT_ROUTE
	// Linux's name of ICMP6_TIME_EXCEED_TRANSIT
	ICMPV6_EXC_HOPLIMIT ICMPv6Code = sys.ICMPV6_EXC_HOPLIMIT
	// Linux's name of ICMP6_TIME_EXCEED_REASSEMBLY
	ICMPV6_EXC_FRAGTIME ICMPv6Code = sys.ICMPV6_EXC_FRAGTIME
	// Linux's name of ICMP6_PARAMPROB_HEADER
	ICMPV6_HDR_FIELD ICMPv6Code = sys.ICMPV6_HDR_FIELD
	// Linux's name of ICMP6_PARAMPROB_NEXTHEADER
	ICMPV6_UNK_NEXTHDR ICMPv6Code = sys.ICMPV6_UNK_NEXTHDR
	// Linux's name of ICMP6_PARAMPROB_OPTION
	ICMPV6_UNK_OPTION ICMPv6Code = sys.ICMPV6_UNK_OPTION
	// of ICMP6_PARAM_PROB: the first fragment lacks headers
	ICMPV6_HDR_INCOMP ICMPv6Code = sys.ICMPV6_HDR_INCOMP
)

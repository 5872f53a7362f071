//go:build cgo

package csock

import "github.com/csock/go-csock/csock/internal/sys"

// Instructions of classic BPF programs, as linux/filter.h names their parts. See filter.rst of the
// kernel's documentation.

// A SockFilter is an instruction of a classic BPF program: a struct sock_filter. [BPFStmt] and
// [BPFJump] make one. golang.org/x/net/bpf assembles programs; convert its bpf.RawInstruction r by
//
//	csock.SockFilter{Code: csock.BPFCode(r.Op), JT: r.Jt, JF: r.Jf, K: r.K}
type SockFilter struct {
	Code   BPFCode // the operation: BPF_LD | BPF_W | BPF_ABS, …
	JT, JF uint8   // how many instructions a conditional jump skips if its condition is true, and if it is false
	K      uint32  // the operand
}

// BPFStmt returns an instruction that is not a conditional jump: C's BPF_STMT. An offset of
// [BPFOffset] is converted, as in uint32(SKF_AD_OFF+SKF_AD_PKTTYPE).
func BPFStmt(code BPFCode, k uint32) SockFilter { return SockFilter{Code: code, K: k} }

// BPFJump returns a conditional jump that skips jt instructions if its condition is true, else jf:
// C's BPF_JUMP.
func BPFJump(code BPFCode, k uint32, jt, jf uint8) SockFilter {
	return SockFilter{Code: code, JT: jt, JF: jf, K: k}
}

// A BPFCode is what an instruction does: a class ORed to what the class takes. Most parts have a
// zero among their values.
type BPFCode uint16

// Classes.
const (
	BPF_LD   BPFCode = sys.BPF_LD   // load into A, the accumulator
	BPF_LDX  BPFCode = sys.BPF_LDX  // load into X, the index
	BPF_ST   BPFCode = sys.BPF_ST   // store A
	BPF_STX  BPFCode = sys.BPF_STX  // store X
	BPF_ALU  BPFCode = sys.BPF_ALU  // change A
	BPF_JMP  BPFCode = sys.BPF_JMP  // jump
	BPF_RET  BPFCode = sys.BPF_RET  // end; the result is how many bytes to keep
	BPF_MISC BPFCode = sys.BPF_MISC // copy A to X or X to A
)

// Sizes of BPF_LD and BPF_LDX.
const (
	BPF_W BPFCode = sys.BPF_W // 4 bytes
	BPF_H BPFCode = sys.BPF_H // 2 bytes, in network byte order
	BPF_B BPFCode = sys.BPF_B // 1 byte
)

// Modes of BPF_LD and BPF_LDX.
const (
	BPF_IMM BPFCode = sys.BPF_IMM // K itself
	BPF_ABS BPFCode = sys.BPF_ABS // the packet's bytes at K
	BPF_IND BPFCode = sys.BPF_IND // the packet's bytes at X + K
	BPF_MEM BPFCode = sys.BPF_MEM // word K of the scratch memory
	BPF_LEN BPFCode = sys.BPF_LEN // the packet's length
	BPF_MSH BPFCode = sys.BPF_MSH // 4 times the lower half of the byte at K: the length of an IPv4 header
)

// Operations of BPF_ALU.
const (
	BPF_ADD BPFCode = sys.BPF_ADD // add
	BPF_SUB BPFCode = sys.BPF_SUB // subtract
	BPF_MUL BPFCode = sys.BPF_MUL // multiply
	BPF_DIV BPFCode = sys.BPF_DIV // divide
	BPF_OR  BPFCode = sys.BPF_OR  // bitwise or
	BPF_AND BPFCode = sys.BPF_AND // bitwise and
	BPF_LSH BPFCode = sys.BPF_LSH // shift left
	BPF_RSH BPFCode = sys.BPF_RSH // shift right
	BPF_NEG BPFCode = sys.BPF_NEG // negate
	BPF_MOD BPFCode = sys.BPF_MOD // remainder
	BPF_XOR BPFCode = sys.BPF_XOR // bitwise exclusive or
)

// Jumps of BPF_JMP.
const (
	BPF_JA   BPFCode = sys.BPF_JA   // always, by K instructions
	BPF_JEQ  BPFCode = sys.BPF_JEQ  // if A equals the operand
	BPF_JGT  BPFCode = sys.BPF_JGT  // if A is greater, unsigned
	BPF_JGE  BPFCode = sys.BPF_JGE  // if A is greater or equal, unsigned
	BPF_JSET BPFCode = sys.BPF_JSET // if A has bits of the operand
)

// Operands.
const (
	BPF_K BPFCode = sys.BPF_K // K
	BPF_X BPFCode = sys.BPF_X // X
	BPF_A BPFCode = sys.BPF_A // of BPF_RET: A
)

// Of BPF_MISC.
const (
	BPF_TAX BPFCode = sys.BPF_TAX // copy A to X
	BPF_TXA BPFCode = sys.BPF_TXA // copy X to A
)

// Limits of programs.
const (
	BPF_MAXINSNS int = sys.BPF_MAXINSNS // the most instructions of a program
	BPF_MEMWORDS int = sys.BPF_MEMWORDS // the words of scratch memory
)

// A BPFOffset is an offset at which BPF_LD finds something else than the packet's bytes. Converted
// to an instruction's K it is the same number as C's, which is negative.
type BPFOffset int32

// Offsets from which others count.
const (
	SKF_AD_OFF  BPFOffset = sys.SKF_AD_OFF  // ancillary data: add one of those below
	SKF_NET_OFF BPFOffset = sys.SKF_NET_OFF // the network header
	SKF_LL_OFF  BPFOffset = sys.SKF_LL_OFF  // the link layer header
)

// Ancillary data, added to SKF_AD_OFF, and loaded by BPF_LD | BPF_W | BPF_ABS.
const (
	SKF_AD_PROTOCOL         BPFOffset = sys.SKF_AD_PROTOCOL         // the EtherType
	SKF_AD_PKTTYPE          BPFOffset = sys.SKF_AD_PKTTYPE          // the PacketType
	SKF_AD_IFINDEX          BPFOffset = sys.SKF_AD_IFINDEX          // the interface
	SKF_AD_NLATTR           BPFOffset = sys.SKF_AD_NLATTR           // the offset of the netlink attribute X, searched from offset A
	SKF_AD_NLATTR_NEST      BPFOffset = sys.SKF_AD_NLATTR_NEST      // the same for a nested attribute
	SKF_AD_MARK             BPFOffset = sys.SKF_AD_MARK             // the mark
	SKF_AD_QUEUE            BPFOffset = sys.SKF_AD_QUEUE            // the receive queue
	SKF_AD_HATYPE           BPFOffset = sys.SKF_AD_HATYPE           // the HardwareType of the interface
	SKF_AD_RXHASH           BPFOffset = sys.SKF_AD_RXHASH           // the hash of the flow
	SKF_AD_CPU              BPFOffset = sys.SKF_AD_CPU              // the processor
	SKF_AD_ALU_XOR_X        BPFOffset = sys.SKF_AD_ALU_XOR_X        // A exclusive-or X
	SKF_AD_VLAN_TAG         BPFOffset = sys.SKF_AD_VLAN_TAG         // the VLAN tag
	SKF_AD_VLAN_TAG_PRESENT BPFOffset = sys.SKF_AD_VLAN_TAG_PRESENT // 1 if there is a VLAN tag
	SKF_AD_PAY_OFFSET       BPFOffset = sys.SKF_AD_PAY_OFFSET       // where the payload begins
	SKF_AD_RANDOM           BPFOffset = sys.SKF_AD_RANDOM           // a random number
	SKF_AD_VLAN_TPID        BPFOffset = sys.SKF_AD_VLAN_TPID        // the protocol of the VLAN tag
	SKF_AD_MAX              BPFOffset = sys.SKF_AD_MAX              // more than any of them
)

// The headers of the families that are compared with C, and names that this system's headers are
// too old for.

#include <stdint.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#ifndef __GLIBC__ // <net/if.h> has these
#define __UAPI_DEF_IF_IFCONF 0
#define __UAPI_DEF_IF_IFMAP 0
#define __UAPI_DEF_IF_IFNAMSIZ 0
#define __UAPI_DEF_IF_IFREQ 0
#define __UAPI_DEF_IF_NET_DEVICE_FLAGS 0
#define __UAPI_DEF_IF_NET_DEVICE_FLAGS_LOWER_UP_DORMANT_ECHO 0
#endif

#include <linux/version.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <linux/if_alg.h>
#include <linux/if_pppox.h>
#include <linux/if_xdp.h>
#include <linux/kcm.h>
#if __has_include(<linux/mctp.h>) // since Linux 5.15
#include <linux/mctp.h>
#endif
#include <linux/qrtr.h>
#include <linux/rds.h>
#include <linux/rxrpc.h>
#include <linux/tipc.h>

// BlueZ's headers, or what they have.
#if __has_include(<bluetooth/bluetooth.h>)
#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/l2cap.h>
#include <bluetooth/rfcomm.h>
#include <bluetooth/sco.h>
#else
typedef struct {
	uint8_t b[6];
} bdaddr_t;
struct sockaddr_l2 {
	sa_family_t l2_family;
	unsigned short l2_psm;
	bdaddr_t l2_bdaddr;
	unsigned short l2_cid;
	uint8_t l2_bdaddr_type;
};
struct sockaddr_rc {
	sa_family_t rc_family;
	bdaddr_t rc_bdaddr;
	uint8_t rc_channel;
};
struct sockaddr_sco {
	sa_family_t sco_family;
	bdaddr_t sco_bdaddr;
};
struct sockaddr_hci {
	sa_family_t hci_family;
	unsigned short hci_dev, hci_channel;
};
struct bt_security {
	uint8_t level, key_size;
};
struct bt_voice {
	uint16_t setting;
};
struct l2cap_options {
	uint16_t omtu, imtu, flush_to;
	uint8_t mode, fcs, max_tx;
	uint16_t txwin_size;
};
struct hci_filter {
	uint32_t type_mask, event_mask[2];
	uint16_t opcode;
};
#define SOL_HCI 0
#define SOL_L2CAP 6
#define SOL_SCO 17
#define SOL_RFCOMM 18
#define BT_SECURITY 4
#define BT_SECURITY_MEDIUM 2
#define BT_DEFER_SETUP 7
#define BT_FLUSHABLE 8
#define BT_VOICE 11
#define BT_VOICE_TRANSPARENT 3
#define BT_SNDMTU 12
#define BT_RCVMTU 13
#define BT_PHY 14
#define L2CAP_OPTIONS 1
#define L2CAP_CONNINFO 2
#define RFCOMM_CONNINFO 2
#define SCO_OPTIONS 1
#define SCO_CONNINFO 2
#define HCI_DATA_DIR 1
#define HCI_FILTER 2
#define HCI_TIME_STAMP 3
#endif
#ifndef SOL_BLUETOOTH
#define SOL_BLUETOOTH 274
#endif
#ifndef BT_PKT_STATUS
#define BT_PKT_STATUS 16
#endif

#ifndef AF_MCTP
#define AF_MCTP 45
#endif
#ifndef SOL_PPPOL2TP
#define SOL_PPPOL2TP 273
#endif
#ifndef SOL_MCTP
#define SOL_MCTP 285
#endif
#ifndef MCTP_OPT_ADDR_EXT
#define MCTP_OPT_ADDR_EXT 1
#endif
#ifndef SOL_XDP
#define SOL_XDP 283
#endif
#ifndef SOL_RXRPC
#define SOL_RXRPC 272
#endif
#ifndef SOL_RDS
#define SOL_RDS 276
#endif
#ifndef SOL_ALG
#define SOL_ALG 279
#endif
#ifndef SOL_KCM
#define SOL_KCM 281
#endif
#ifndef ALG_SET_DRBG_ENTROPY
#define ALG_SET_DRBG_ENTROPY 6
#endif
#ifndef ALG_SET_KEY_BY_KEY_SERIAL
#define ALG_SET_KEY_BY_KEY_SERIAL 7 // since Linux 6.2
#endif
#define CAN_RAW_XL_FRAMES 7    // an enumerator, since Linux 6.1
#define CAN_RAW_XL_VCID_OPTS 8 // an enumerator, since Linux 6.9
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
struct cref_xsk_tx_metadata {
	uint64_t flags;
	union {
		struct {
			uint16_t csum_start, csum_offset;
			uint64_t launch_time;
		} request;
		struct {
			uint64_t tx_timestamp;
		} completion;
	};
};
#define xsk_tx_metadata cref_xsk_tx_metadata
#endif
#ifndef BT_SCM_PKT_STATUS
#define BT_SCM_PKT_STATUS 3
#endif
#ifndef HCI_CMSG_DIR
#define HCI_CMSG_DIR 1
#define HCI_CMSG_TSTAMP 2
#endif
#define J1939_EE_RX_RTS 2   // J1939_EE_INFO_RX_RTS, since Linux 5.14
#define J1939_NLA_SRC_NAME_ 4 // J1939_NLA_SRC_NAME, since Linux 5.14
#ifndef XDP_MAX_TX_SKB_BUDGET
#define XDP_MAX_TX_SKB_BUDGET 9
#endif

// Each fills a native address and returns its length.
int family_xdp(void *p, unsigned flags, unsigned ifindex, unsigned queue, unsigned fd);
int family_can(void *p, int ifindex);
int family_isotp(void *p, int ifindex, unsigned rx, unsigned tx);
int family_j1939(void *p, int ifindex, uint64_t name, unsigned pgn, unsigned addr);
int family_alg(void *p, const char *type, unsigned feat, unsigned mask, const char *name);
int family_tipc(void *p, unsigned type, int scope, unsigned a, unsigned b, unsigned c);
int family_l2(void *p, unsigned psm, const uint8_t *bdaddr, unsigned cid, unsigned type);
int family_rc(void *p, const uint8_t *bdaddr, unsigned channel);
int family_sco(void *p, const uint8_t *bdaddr);
int family_hci(void *p, unsigned dev, unsigned channel);
int family_mctp(void *p, unsigned network, unsigned eid, unsigned type, unsigned tag, unsigned ifindex, const void *hw, unsigned len);
int family_pppoe(void *p, unsigned sid, const uint8_t *remote, const char *dev);
int family_pptp(void *p, unsigned call, const uint8_t *ip);
int family_l2tp(void *p, int v3, int pid, int fd, const void *addr, unsigned len, const uint32_t *numbers);
int family_qrtr(void *p, unsigned node, unsigned port);
int family_rxrpc(void *p, unsigned service, unsigned type, const void *transport, unsigned len);

// Control messages in memory of 512 bytes, as C's macros build them; each returns their length.
// AF_ALG's three of one message; RDS's two: a cookie to send, and those whose memory is free.
int family_alg_control(void *p, unsigned op, const uint8_t *iv, unsigned n, uint32_t assoclen);
// Of RXRPC a message of each kind with a payload, n timeouts; of other families those that the
// kernel sends, with fixed values.
int family_rxrpc_control(void *p, unsigned long id, uint32_t code, int64_t length, const uint32_t *timeouts, unsigned n);
int family_received_control(void *p);
// Payloads: a struct qrtr_ctrl_pkt about a service or a client, and a struct xsk_tx_metadata that
// requests or reports.
int family_qrtr_packet(void *p, unsigned cmd, int client, const uint32_t *v);
int family_xsk_metadata(void *p, uint64_t flags, int completed, unsigned start, unsigned offset, uint64_t time);
int family_rds_control(void *p, uint32_t cookie, const uint32_t *done, unsigned n);

// The headers of the families that are compared with C, and names that this system's headers are
// too old for.

#include <stdint.h>
#include <sys/socket.h>

#include <linux/version.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <linux/if_alg.h>
#include <linux/if_xdp.h>
#include <linux/kcm.h>
#include <linux/qrtr.h>
#include <linux/rds.h>
#include <linux/rxrpc.h>
#include <linux/tipc.h>

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
int family_qrtr(void *p, unsigned node, unsigned port);
int family_rxrpc(void *p, unsigned service, unsigned type, const void *transport, unsigned len);

// Control messages in memory of 512 bytes, as C's macros build them; each returns their length.
// AF_ALG's three of one message; RDS's two: a cookie to send, and those whose memory is free.
int family_alg_control(void *p, unsigned op, const uint8_t *iv, unsigned n, uint32_t assoclen);
int family_rds_control(void *p, uint32_t cookie, const uint32_t *done, unsigned n);

// Control messages of families as C programs read them.

#include <string.h>
#include <sys/time.h>

#include "cmsg.h"
#include "families.h"
#include "text.h"

#define CAN_RAW_ERRQUEUE 1 // SCM_CAN_RAW_ERRQUEUE, an enumerator, since Linux 6.1

// The value of a payload that has at least the length of v.
#define READ(v) (n >= sizeof(v) ? (memcpy(&(v), p, sizeof(v)), 1) : 0)

static void print_hci(struct text *t, int type, const uint8_t *p, size_t n)
{
	int incoming;
	if (type == HCI_CMSG_DIR && n == sizeof(incoming) && READ(incoming))
		print(t, "incoming %d", incoming != 0);
	if (type == HCI_CMSG_TSTAMP)
		print_hci_time(t, p, n);
}

static void print_j1939(struct text *t, int type, const uint8_t *p, size_t n)
{
	uint64_t name;
	switch (type) {
	case SCM_J1939_DEST_ADDR:
		if (n >= 1)
			print(t, "destaddr %u", *p);
		break;
	case SCM_J1939_DEST_NAME:
		if (READ(name))
			print(t, "destname %llu", (unsigned long long)name);
		break;
	case SCM_J1939_PRIO:
		if (n >= 1)
			print(t, "prio %u", *p);
		break;
	case SCM_J1939_ERRQUEUE:
		print_error(t, p, n);
	}
}

static void print_rds(struct text *t, int type, const uint8_t *p, size_t n)
{
	struct rds_cmsg_rx_trace trace;
	uint32_t cookies, cookie;
	uint64_t ports;
	switch (type) {
	case RDS_CMSG_ZCOPY_COMPLETION:
		if (!READ(cookies) || cookies > RDS_MAX_ZCOOKIES || n < (1 + cookies) * sizeof(cookie))
			break;
		print(t, "cookies");
		for (uint32_t i = 1; i <= cookies; i++) {
			memcpy(&cookie, p + i * sizeof(cookie), sizeof(cookie));
			print(t, " %u", cookie);
		}
		break;
	case RDS_CMSG_CONG_UPDATE:
		if (READ(ports))
			print(t, "ports %llu", (unsigned long long)ports);
		break;
	case RDS_CMSG_RXPATH_LATENCY:
		if (!READ(trace) || trace.rx_traces > RDS_MSG_RX_DGRAM_TRACE_MAX)
			break;
		print(t, "traces");
		for (int i = 0; i < trace.rx_traces; i++)
			print(t, " %u %lld", trace.rx_trace_pos[i], (long long)trace.rx_trace[i]);
	}
}

static void print_rxrpc(struct text *t, int type, const uint8_t *p, size_t n)
{
	unsigned long id;
	uint32_t code;
	int error;
	switch (type) {
	case RXRPC_USER_CALL_ID:
		if (READ(id))
			print(t, "call %lu", id);
		break;
	case RXRPC_ABORT:
		if (READ(code))
			print(t, "abort %u", code);
		break;
	case RXRPC_NET_ERROR:
	case RXRPC_LOCAL_ERROR:
		if (n == sizeof(error) && READ(error))
			print(t, type == RXRPC_NET_ERROR ? "neterror %u" : "localerror %u", (unsigned)error);
	}
}

static void print_tipc(struct text *t, int type, const uint8_t *p, size_t n)
{
	uint32_t v[3];
	switch (type) {
	case TIPC_ERRINFO:
		if (n >= 2 * sizeof(*v)) {
			memcpy(v, p, 2 * sizeof(*v));
			print(t, "errinfo %u %u", v[0], v[1]);
		}
		break;
	case TIPC_RETDATA:
		print(t, "retdata");
		print_bytes(t, p, n);
		break;
	case TIPC_DESTNAME:
		if (READ(v))
			print(t, "destname %u %u %u", v[0], v[1], v[2]);
	}
}

void print_family_message(struct text *t, int level, int type, const uint8_t *p, size_t n)
{
	switch (level) {
	case SOL_HCI: // the number of SOL_IP
		print_hci(t, type, p, n);
		break;
	case SOL_BLUETOOTH:
		if (type == BT_SCM_PKT_STATUS && n >= 1)
			print(t, "pktstatus %u", *p);
		break;
	case SOL_CAN_RAW:
		if (type == CAN_RAW_ERRQUEUE)
			print_error(t, p, n);
		break;
	case SOL_CAN_J1939:
		print_j1939(t, type, p, n);
		break;
	case SOL_RDS:
		print_rds(t, type, p, n);
		break;
	case SOL_RXRPC:
		print_rxrpc(t, type, p, n);
		break;
	case SOL_TIPC:
		print_tipc(t, type, p, n);
	}
}

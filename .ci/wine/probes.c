// What the tests skip under Wine, in plain Winsock: each line is one call and its result. "lacks"
// is what tests/portable relies on to skip. On Windows every line but SO_RCVLOWAT's should say
// "has".
#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <windows.h>
#include <winternl.h>
#include <stdio.h>
#include <string.h>

// MinGW 10 lacks these names.
enum {
	tcp_keepidle = 3, // ws2ipdef.h
	tcp_maxseg = 4,
	tcp_fastopen = 15,
	ip_mtu_discover = 71, // that of IPv6 too
	udp_send_msg_size = 2,
	udp_recv_max_coalesced_size = 3,
	file_replace_completion_information = 61, // ntifs.h
};
#ifndef SO_ORIGINAL_DST
#define SO_ORIGINAL_DST 0x300f // ws2ipdef.h
#endif
#ifndef SIO_UDP_NETRESET
#define SIO_UDP_NETRESET _WSAIOW(IOC_VENDOR, 15) // mswsock.h
#endif

static void report(const char *what, int has, long error)
{
	printf("%-5s %s", has ? "has" : "lacks", what);
	if (!has)
		printf(": %ld", error);
	printf("\n");
}

static void report_call(const char *what, int result)
{
	report(what, result == 0, WSAGetLastError());
}

static SOCKET udp(struct sockaddr_in *addr)
{
	int size = sizeof *addr;
	SOCKET s = WSASocketW(AF_INET, SOCK_DGRAM, 0, 0, 0, WSA_FLAG_OVERLAPPED);
	memset(addr, 0, sizeof *addr);
	addr->sin_family = AF_INET;
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(s, (struct sockaddr *)addr, sizeof *addr);
	getsockname(s, (struct sockaddr *)addr, &size);
	return s;
}

static int option(SOCKET s, int level, int number, DWORD value)
{
	return setsockopt(s, level, number, (char *)&value, sizeof value);
}

static int request(SOCKET s, DWORD number, DWORD value)
{
	DWORD n;
	return WSAIoctl(s, number, &value, sizeof value, 0, 0, &n, 0, 0);
}

// A file whose completion port can be taken away: net.FileConn of Go needs it.
static void completion_port(void)
{
	typedef NTSTATUS(NTAPI * set_information)(HANDLE, IO_STATUS_BLOCK *, void *, ULONG, int);
	struct {
		HANDLE port;
		void *key;
	} none = {0, 0};
	IO_STATUS_BLOCK status;
	struct sockaddr_in addr;
	SOCKET s = udp(&addr);
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	set_information set = (set_information)(void *)GetProcAddress(ntdll, "NtSetInformationFile");
	CreateIoCompletionPort((HANDLE)s, CreateIoCompletionPort(INVALID_HANDLE_VALUE, 0, 0, 0), 0, 0);
	NTSTATUS got = set((HANDLE)s, &status, &none, sizeof none, file_replace_completion_information);
	report("FileReplaceCompletionInformation", got == 0, (long)got);
	closesocket(s);
}

// A value in a control message, as received at the other end.
static void control(int sent, int received, const char *what)
{
	struct sockaddr_in from, to;
	SOCKET a = udp(&from), b = udp(&to);
	GUID send_id = WSAID_WSASENDMSG, recv_id = WSAID_WSARECVMSG;
	LPFN_WSASENDMSG send_msg = 0;
	LPFN_WSARECVMSG recv_msg = 0;
	DWORD n;
	WSAIoctl(a, SIO_GET_EXTENSION_FUNCTION_POINTER, &send_id, sizeof send_id, &send_msg, sizeof send_msg, &n, 0, 0);
	WSAIoctl(a, SIO_GET_EXTENSION_FUNCTION_POINTER, &recv_id, sizeof recv_id, &recv_msg, sizeof recv_msg, &n, 0, 0);
	option(b, IPPROTO_IP, received, 1);
	char data[1] = {0}, space[64] = {0};
	WSABUF buffer = {sizeof data, data};
	WSAMSG m = {(struct sockaddr *)&to, sizeof to, &buffer, 1, {WSA_CMSG_SPACE(sizeof(INT)), space}, 0};
	WSACMSGHDR *c = WSA_CMSG_FIRSTHDR(&m);
	c->cmsg_len = WSA_CMSG_LEN(sizeof(INT)), c->cmsg_level = IPPROTO_IP, c->cmsg_type = sent;
	*(INT *)WSA_CMSG_DATA(c) = 8;
	if (send_msg(a, &m, 0, &n, 0, 0) != 0) {
		report(what, 0, WSAGetLastError());
		return;
	}
	m.namelen = sizeof from, m.name = (struct sockaddr *)&from, m.Control.len = sizeof space;
	recv_msg(b, &m, &n, 0, 0);
	INT got = 0;
	for (c = WSA_CMSG_FIRSTHDR(&m); c; c = WSA_CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == IPPROTO_IP && (c->cmsg_type == sent || c->cmsg_type == received))
			got = *(INT *)WSA_CMSG_DATA(c);
	report(what, got == 8, got);
	closesocket(a), closesocket(b);
}

// The count of a datagram that is longer than the buffer.
static void too_long(void)
{
	struct sockaddr_in addr;
	SOCKET s = udp(&addr);
	char data[2];
	WSABUF buffer = {sizeof data, data};
	DWORD n = 99, flags = 0;
	sendto(s, "abcd", 4, 0, (struct sockaddr *)&addr, sizeof addr);
	int got = WSARecv(s, &buffer, 1, &n, &flags, 0, 0);
	report("the count of WSAEMSGSIZE (99 was there before)", got != 0 && WSAGetLastError() == WSAEMSGSIZE && n == 2, n);
	closesocket(s);
}

// The error of a datagram to a port that nobody has, at the next receive.
static void closed_port(void)
{
	struct sockaddr_in from, to;
	SOCKET a = udp(&from), b = udp(&to);
	char data[1];
	DWORD wait = 500;
	closesocket(b);
	setsockopt(a, SOL_SOCKET, SO_RCVTIMEO, (char *)&wait, sizeof wait);
	sendto(a, "x", 1, 0, (struct sockaddr *)&to, sizeof to);
	int n = recv(a, data, sizeof data, 0);
	report("WSAECONNRESET of a closed UDP port", n < 0 && WSAGetLastError() == WSAECONNRESET, WSAGetLastError());
	closesocket(a);
}

// Two ends of a TCP connection.
static void pair(SOCKET *a, SOCKET *b)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int size = sizeof addr;
	SOCKET l = socket(AF_INET, SOCK_STREAM, 0);
	bind(l, (struct sockaddr *)&addr, sizeof addr);
	listen(l, 1);
	getsockname(l, (struct sockaddr *)&addr, &size);
	*a = socket(AF_INET, SOCK_STREAM, 0);
	connect(*a, (struct sockaddr *)&addr, sizeof addr);
	*b = accept(l, 0, 0);
	closesocket(l);
}

static DWORD WINAPI send_later(void *s)
{
	send((SOCKET)s, "a", 1, 0);
	Sleep(50);
	send((SOCKET)s, "b", 1, 0);
	return 0;
}

// A receive that waits until its buffer is full.
static void wait_all(void)
{
	SOCKET a, b;
	char data[2];
	pair(&a, &b);
	HANDLE thread = CreateThread(0, 0, send_later, (void *)a, 0, 0);
	int n = recv(b, data, sizeof data, MSG_WAITALL);
	report("MSG_WAITALL (this is how many of 2 bytes came)", n == 2, n);
	WaitForSingleObject(thread, INFINITE);
	closesocket(a), closesocket(b);
}

// The error of a connection that was reset, at the receive after WSAPoll has reported it.
static void reset_after_poll(void)
{
	SOCKET a, b;
	struct linger none = {1, 0};
	char data[1];
	pair(&a, &b);
	setsockopt(b, SOL_SOCKET, SO_LINGER, (char *)&none, sizeof none);
	closesocket(b);
	WSAPOLLFD fd = {a, POLLIN, 0};
	WSAPoll(&fd, 1, 1000);
	int n = recv(a, data, sizeof data, 0);
	report("WSAECONNRESET after WSAPoll", n < 0 && WSAGetLastError() == WSAECONNRESET, n);
	closesocket(a);
}

// A flag that is turned off again.
static void dont_route(SOCKET s)
{
	BOOL on = 0;
	int size = sizeof on;
	option(s, SOL_SOCKET, SO_DONTROUTE, 1);
	option(s, SOL_SOCKET, SO_DONTROUTE, 0);
	getsockopt(s, SOL_SOCKET, SO_DONTROUTE, (char *)&on, &size);
	report("SO_DONTROUTE, turned off (this is what it is then)", !on, on);
}

int main(void)
{
	WSADATA data;
	struct sockaddr_in addr;
	if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
		return 1;
	SOCKET tcp = socket(AF_INET, SOCK_STREAM, 0), s = udp(&addr);

	report_call("AF_UNIX", socket(AF_UNIX, SOCK_STREAM, 0) == INVALID_SOCKET);
	report_call("TCP_KEEPIDLE", option(tcp, IPPROTO_TCP, tcp_keepidle, 10));
	report_call("UDP_SEND_MSG_SIZE", option(s, IPPROTO_UDP, udp_send_msg_size, 100));
	report_call("UDP_RECV_MAX_COALESCED_SIZE", option(s, IPPROTO_UDP, udp_recv_max_coalesced_size, 1000));
	report_call("IP_ECN", option(s, IPPROTO_IP, IP_ECN, 1));
	struct group_req group = {0};
	struct sockaddr_in *in = (struct sockaddr_in *)&group.gr_group;
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0xefff0001); // 239.255.0.1
	report_call("MCAST_JOIN_GROUP", setsockopt(s, IPPROTO_IP, MCAST_JOIN_GROUP, (char *)&group, sizeof group));
	// On a socket without a connection, an error that is not "no such option" is as good as an address.
	struct sockaddr_storage to;
	int size = sizeof to;
	int got = getsockopt(tcp, IPPROTO_IP, SO_ORIGINAL_DST, (char *)&to, &size);
	report("SO_ORIGINAL_DST", got == 0 || WSAGetLastError() != WSAENOPROTOOPT, WSAGetLastError());
	report_call("SIO_TCP_SET_ACK_FREQUENCY", request(tcp, SIO_TCP_SET_ACK_FREQUENCY, 4));
	report_call("SIO_UDP_NETRESET", request(s, SIO_UDP_NETRESET, 0));
	DWORD mss;
	size = sizeof mss;
	report_call("TCP_MAXSEG", getsockopt(tcp, IPPROTO_TCP, tcp_maxseg, (char *)&mss, &size));
	SOCKET six = socket(AF_INET6, SOCK_DGRAM, 0);
	report_call("IPV6_TCLASS", option(six, IPPROTO_IPV6, IPV6_TCLASS, 4));
	struct ip_mreq by_index = {.imr_multiaddr.s_addr = in->sin_addr.s_addr, .imr_interface.s_addr = htonl(1)};
	report_call("a group on an interface by its index",
		  setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&by_index, sizeof by_index));
	DWORD loopback = htonl(1);
	report_call("IP_MULTICAST_IF by an interface's index", option(s, IPPROTO_IP, IP_MULTICAST_IF, loopback));
	report_call("IPV6_UNICAST_IF, in the order of the host", option(six, IPPROTO_IPV6, IPV6_UNICAST_IF, 1));
	report_call("TCP_FASTOPEN", option(tcp, IPPROTO_TCP, tcp_fastopen, 1));
	report_call("SO_RCVLOWAT", option(tcp, SOL_SOCKET, SO_RCVLOWAT, 3));
	report_call("IP_MTU_DISCOVER", option(s, IPPROTO_IP, ip_mtu_discover, 1));
	report_call("IPV6_MTU_DISCOVER", option(six, IPPROTO_IPV6, ip_mtu_discover, 1));
	report_call("IPV6_RECVRTHDR", option(six, IPPROTO_IPV6, IPV6_RECVRTHDR, 1));
	report_call("IPV6_ECN", option(six, IPPROTO_IPV6, IPV6_ECN, 1));
	report_call("IPV6_HDRINCL", option(socket(AF_INET6, SOCK_RAW, IPPROTO_UDP), IPPROTO_IPV6, IPV6_HDRINCL, 1));
	report_call("raw sockets of protocol 253", socket(AF_INET, SOCK_RAW, 253) == INVALID_SOCKET);
	dont_route(s);
	wait_all();
	reset_after_poll();
	completion_port();
	control(IP_TTL, IP_RECVTTL, "a TTL in a control message (8 was sent, this is what arrived)");
	control(IP_TOS, IP_RECVTOS, "a TOS in a control message (8 was sent, this is what arrived)");
	too_long();
	closed_port();
	return 0;
}

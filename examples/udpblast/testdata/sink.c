/* sink ADDRESS PORT SIZE COUNT: receives COUNT datagrams, or what comes until a second is quiet, and
 * prints how many had SIZE bytes, and whether their numbers were in order. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct timeval patience = { .tv_sec = 10 };
	unsigned char p[65536];
	uint64_t next = 0;
	int ordered = 1, good = 0, room = 4 << 20;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc != 5 || inet_pton(AF_INET, argv[1], &addr.sin_addr) != 1)
		return 2;
	addr.sin_port = htons(atoi(argv[2]));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		perror("bind");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (good < atoi(argv[4])) {
		ssize_t n = recv(fd, p, sizeof(p), 0);
		uint64_t number = 0;
		if (n < 0)
			break;
		if (n != atoi(argv[3]))
			continue;
		for (int i = 8; i < 16; i++)
			number = number << 8 | p[i];
		ordered &= number == next++;
		good++;
		patience.tv_sec = 1;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	}
	printf("%d%s\n", good, ordered ? " in order" : "");
	return close(fd) != 0;
}

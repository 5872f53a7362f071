// What sockets of each family do, as C programs do it: a record of every call's result, which a
// test compares with that of the same calls by csock.

#ifndef CREF_LIVE_H
#define CREF_LIVE_H

#include <stddef.h>
#include <stdint.h>

// The machine that a family needs: an interface, and two Bluetooth devices' addresses in the order
// in which people write them.
struct live_machine {
	int ifindex;
	uint8_t near[6], far[6];
};

// Makes a family's calls, writes their record and returns the record's length; -1 if the headers
// here are too old for the family.
int live_run(const char *family, const struct live_machine *machine, char *out, size_t room);

// Gives the loopback interface an MCTP endpoint's address: 0 or minus errno.
int live_mctp_address(unsigned eid);

#endif

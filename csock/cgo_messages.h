// The calls with messages, over csock_sendmsghdr and csock_recvmsghdr: of one, 8, 64 and more
// buffers. They are inlined, as the helpers in cgo_calls.h are.

#ifndef CSOCK_CGO_MESSAGES_H
#define CSOCK_CGO_MESSAGES_H

// len is 0 if there is no address to send to; out->addr_len is 0 if there is no room for
// the sender's address. out->control_len is the room in control.

static inline ssize_t csock_send_message(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len,
					 const uint8_t *control, size_t control_len, int flags, const struct iovec *iov,
					 size_t count)
{
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
	struct msghdr m = {
		.msg_name = len ? (void *)sa : NULL,
		.msg_namelen = len,
		.msg_iov = (struct iovec *)iov,
		.msg_iovlen = count,
		.msg_control = control_len ? (void *)control : NULL,
		.msg_controllen = control_len,
	};
	return csock_sendmsghdr(fd, &m, flags);
}

static inline ssize_t csock_receive_message(csock_fd fd, struct sockaddr_storage *sa, uint8_t *control, int flags,
					    struct csock_received *out, const struct iovec *iov, size_t count)
{
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
	struct msghdr m = {
		.msg_name = out->addr_len ? sa : NULL,
		.msg_namelen = out->addr_len,
		.msg_iov = (struct iovec *)iov,
		.msg_iovlen = count,
		.msg_control = out->control_len ? control : NULL,
		.msg_controllen = out->control_len,
	};
	ssize_t r = csock_recvmsghdr(fd, &m, flags);
	if (r < 0)
		return r;
	out->addr_len = m.msg_namelen;
	csock_clamp(sa, &out->addr_len);
	out->control_len = m.msg_controllen;
	out->flags = m.msg_flags;
	return r;
}

static inline void csock_sendmsg1(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, const uint8_t *control,
				  size_t control_len, int flags, const uint8_t *p, size_t n, ssize_t *r)
{
	const struct iovec iov = {(void *)p, n};
	*r = csock_send_message(fd, sa, len, control, control_len, flags, &iov, 1);
}

static inline void csock_recvmsg1(csock_fd fd, struct sockaddr_storage *sa, uint8_t *control, int flags,
				  struct csock_received *out, uint8_t *p, size_t n, ssize_t *r)
{
	const struct iovec iov = {p, n};
	*r = csock_receive_message(fd, sa, control, flags, out, &iov, 1);
}

// One function for each size: it is that of the type of b.

static inline void csock_sendmsg8(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, const uint8_t *control,
				  size_t control_len, int flags, size_t count, struct csock_buffers8 b, ssize_t *r)
{
	*r = csock_send_message(fd, sa, len, control, control_len, flags, (const struct iovec *)b.v, count);
}

static inline void csock_recvmsg8(csock_fd fd, struct sockaddr_storage *sa, uint8_t *control, int flags,
				  struct csock_received *out, size_t count, struct csock_buffers8 b, ssize_t *r)
{
	*r = csock_receive_message(fd, sa, control, flags, out, (const struct iovec *)b.v, count);
}

static inline void csock_sendmsg64(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len,
				   const uint8_t *control, size_t control_len, int flags, size_t count,
				   struct csock_buffers64 b, ssize_t *r)
{
	*r = csock_send_message(fd, sa, len, control, control_len, flags, (const struct iovec *)b.v, count);
}

static inline void csock_recvmsg64(csock_fd fd, struct sockaddr_storage *sa, uint8_t *control, int flags,
				   struct csock_received *out, size_t count, struct csock_buffers64 b, ssize_t *r)
{
	*r = csock_receive_message(fd, sa, control, flags, out, (const struct iovec *)b.v, count);
}

static inline void csock_sendmsg_max(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len,
				     const uint8_t *control, size_t control_len, int flags, size_t count,
				     struct csock_buffers_max b, ssize_t *r)
{
	*r = csock_send_message(fd, sa, len, control, control_len, flags, (const struct iovec *)b.v, count);
}

static inline void csock_recvmsg_max(csock_fd fd, struct sockaddr_storage *sa, uint8_t *control, int flags,
				     struct csock_received *out, size_t count, struct csock_buffers_max b, ssize_t *r)
{
	*r = csock_receive_message(fd, sa, control, flags, out, (const struct iovec *)b.v, count);
}

#endif

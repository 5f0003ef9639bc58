// What of the system's own headers Swift's Glibc module leaves out. Nothing to link with.
//
// A file that imports Glibc for sockets imports this, too: headers that both include belong to whichever of the two the compiler
// happened to read first, and to a file that imports the other one only they are invisible.
#pragma once
#include <malloc.h>
#include <fcntl.h>
#include <time.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <netpacket/packet.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

// linux/icmp.h has it, but can't be included together with net/if.h.
#define UPLINKD_ICMP_FILTER 1

/// pidfd_open(2), Linux 5.3: glibc has it since 2.36 only.
static inline int uplinkd_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

/// pipe2(2) with O_CLOEXEC: only declared for GNU sources, which Swift's aren't.
static inline int uplinkd_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

/// recvmmsg(2) and struct mmsghdr: the same.
struct uplinkd_message {
    struct msghdr header;
    unsigned int length;
};
static inline int uplinkd_receive(int socket, struct uplinkd_message *messages, unsigned int count) {
    return (int)syscall(SYS_recvmmsg, socket, messages, count, 0, NULL);
}

/// memfd_create(2), closed on exec: the same, and in glibc since 2.27 only.
static inline int uplinkd_memory_file(void) { return (int)syscall(SYS_memfd_create, "uplinkd", 1u); }

/// strptime(3): only declared for X/Open sources, and these are none.
extern char *strptime(const char *__restrict text, const char *__restrict format, struct tm *__restrict time);

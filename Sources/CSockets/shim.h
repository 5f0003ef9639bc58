// What of the system's own headers Swift's Glibc module leaves out. Nothing to link with.
#pragma once
#include <time.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <netpacket/packet.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

// linux/icmp.h has it, but can't be included together with net/if.h.
#define UPLINKD_ICMP_FILTER 1

// An enum and a macro of the same name, which Swift finds twice.
static const unsigned int uplinkd_iff_noarp = IFF_NOARP;

/// pidfd_open(2), Linux 5.3: glibc has it since 2.36 only.
static inline int uplinkd_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

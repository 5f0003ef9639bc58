// libnl, and inline wrappers for what Swift can't import from C headers, each with the reason.
#pragma once
// Before linux/ipv6.h, which would define the addresses a second time.
#include <netinet/in.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/fib_rules.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_cttimeout.h>
#include <linux/neighbour.h>
#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <netlink/attr.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/socket.h>

// The flags of an interface are both an enum and macros of the same names, in linux/if.h and again in net/if.h, and Swift then finds
// each name twice.
static const unsigned int uplinkd_iff_up = IFF_UP;
static const unsigned int uplinkd_iff_lower_up = 1 << 16;  // IFF_LOWER_UP: linux/if.h hides it when net/if.h came first.
static const unsigned int uplinkd_iff_pointopoint = IFF_POINTOPOINT;
static const unsigned int uplinkd_iff_loopback = IFF_LOOPBACK;
static const unsigned int uplinkd_iff_noarp = IFF_NOARP;
static const unsigned int uplinkd_iff_broadcast = IFF_BROADCAST;

// linux/if_arp.h has it, and comes with a sockaddr_ll that isn't glibc's.
#define UPLINKD_ARPHRD_ETHER 1

// Next hops and the attributes of an error are walked with macros, or by arithmetic on addresses; here it is done with every length checked.

/// The next hop at `hop`, or NULL if `left` bytes don't hold a whole one.
static inline const struct rtnexthop *uplinkd_next_hop(const void *hop, int left) {
    const struct rtnexthop *h = hop;
    if (left < (int)sizeof(*h) || h->rtnh_len < sizeof(*h) || h->rtnh_len > left) return NULL;
    return h;
}

/// The words with which the kernel explains an error (NLMSGERR_ATTR_MSG), or NULL. They end with a NUL, which is checked.
static inline const char *uplinkd_error_words(struct nlmsghdr *n) {
    if (!(n->nlmsg_flags & NLM_F_ACK_TLVS) || nlmsg_datalen(n) < (int)sizeof(struct nlmsgerr)) return NULL;
    const struct nlmsgerr *e = nlmsg_data(n);
    // With NETLINK_CAP_ACK an answer carries the header of the request only; without, the whole request comes before the attributes.
    size_t skip = sizeof(*e);
    if (!(n->nlmsg_flags & NLM_F_CAPPED)) skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
    if (skip > (size_t)nlmsg_datalen(n)) return NULL;
    struct nlattr *words = nla_find((struct nlattr *)((char *)nlmsg_data(n) + skip), nlmsg_datalen(n) - (int)skip, NLMSGERR_ATTR_MSG);
    if (!words || nla_len(words) < 1 || ((char *)nla_data(words))[nla_len(words) - 1] != '\0') return NULL;
    return nla_data(words);
}

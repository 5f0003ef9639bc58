// perf_event_open(2), which glibc has no function for. Nothing to link with.
#pragma once
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

/// A software counter of this thread and of all that it makes. -1: errno says why.
static inline int uplinkd_count(pid_t thread, enum perf_sw_ids what) {
    struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE, .size = sizeof attributes, .config = what, .inherit = 1};
    return (int)syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

internal import CLinux

package enum Memory {
    /// The C library gives each thread a heap of its own, up to eight for each processor, and keeps what is freed in all of them: who asks for much,
    /// again and again and by many connections, would make a service big for good. Two will do for a queue and its helpers, and what is large goes
    /// back at once. (mallopt(3). The thresholds have to be set, or they grow with what was freed.)
    package static func keepSmall() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 128 << 10)
        mallopt(M_TRIM_THRESHOLD, 128 << 10)
    }
}

/// What went wrong in an exchange with the kernel: an errno, and the kernel's own words where it gave any.
package struct NetlinkFailure: Error, Equatable {
    package var code: Int32
    package var words: String?

    package init(_ code: Int32, words: String? = nil) {
        self.code = code
        self.words = words
    }
}

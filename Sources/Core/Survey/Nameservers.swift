package import Model

/// Whom a resolv.conf(5) names: as the C library reads it, three at most, each by its address alone.
package enum Nameservers {
    private static let most = 3

    package static func parse(_ text: String) -> [IPAddress] {
        var found: [IPAddress] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split { $0 == " " || $0 == "\t" }
            // The library takes the word at the beginning of a line only, and the first address after it.
            guard line.hasPrefix("nameserver"), words.count >= 2, words[0] == "nameserver", let address = IPAddress(String(words[1])) else {
                continue
            }
            if !found.contains(address) { found.append(address) }
            if found.count == most { break }
        }
        return found
    }
}

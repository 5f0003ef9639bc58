import Model

/// How WANs that stand by are proven, as read: for all of them, or what one has of its own.
struct ReadinessDraft {
    /// nil: off.
    var interval = Entry<Duration?>.absent
    var resolver = Entry<IPAddress>.absent
    var dns = Entry<String?>.absent
    var http = Entry<WebAddress?>.absent
    var status = Entry<Int>.absent
    var body = Entry<String?>.absent
    /// A metered WAN has another default for the interval.
    var isMetered = false

    static var keys: [Key<ReadinessDraft>] {
        [
            .value("interval", \.interval, Value<Duration>.time(.seconds(10) ... .seconds(24 * 3600)).or("off")),
            .value("resolver", \.resolver, .host),
            .value("dns", \.dns, Value<String>.hostName.or("none")),
            .value("http", \.http, Value<WebAddress>.url.or("none")),
            .value("status", \.status, .number(200...599)),
            .value("body", \.body, Value<String>.text(1...1024).or("none")),
        ]
    }

    func over(_ common: ReadinessDraft) -> ReadinessDraft {
        var merged = self
        merged.interval = interval.or(common.interval)
        merged.resolver = resolver.or(common.resolver)
        merged.dns = dns.or(common.dns)
        // What is expected belongs to its page: with another one it is another thing.
        guard http.isAbsent else { return merged }
        merged.http = common.http
        merged.status = status.or(common.status)
        merged.body = body.or(common.body)
        return merged
    }

    /// nil: something is wrong, and has been reported.
    var settings: ReadinessSettings? {
        let defaults = ReadinessSettings()
        guard let interval = interval.value(default: ReadinessSettings.interval(isMetered: isMetered)),
            let resolver = resolver.value(default: ReadinessSettings.resolver),
            let name = dns.value(default: defaults.dns?.name), let url = http.value(default: defaults.http?.webAddress),
            let status = status.value(default: http.isAbsent ? defaults.http?.status ?? 200 : 200),
            let body = body.value(default: .some(nil))
        else { return nil }
        return ReadinessSettings(
            interval: interval, dns: name.map { DNSQuestion(server: .address(resolver), name: $0) },
            http: url.map {
                HTTPQuestion(host: $0.host, port: $0.port, path: $0.path, status: status, body: body, resolver: resolver)
            })
    }

    func check(_ problems: inout Problems) {
        guard let settings else { return }
        if case .given(.some, let mark) = body, settings.http?.status == 204 {
            problems.error("a page with status 204 has no body", at: mark, hint: "leave out 'body', or expect another 'status'")
        }
        if settings.http == nil, let mark = status.mark ?? body.mark {
            problems.error("there is no page that this could be expected of", at: mark, hint: "leave it out, or give a page: 'http'")
        }
        if settings.interval != nil, settings.questions.isEmpty {
            problems.error(
                "'readiness' has nothing to ask: 'dns' and 'http' are both 'none'", at: http.mark ?? dns.mark,
                hint: "write 'interval: off' if the WAN isn't to be proven")
        }
    }
}

extension HTTPQuestion {
    fileprivate var webAddress: WebAddress { WebAddress(host: host, port: port, path: path) }
}

extension Value {
    /// With a word for nothing at all, which is nil.
    func or(_ word: String) -> Value<T?> {
        Value<T?>(expected: "'\(word)' or \(expected)") { text in text == word ? .value(nil) : parse(text).map { $0 } }
    }
}

extension WANDraft {
    /// What it has of its own, and over that what is for all.
    func probe(over common: ProbeDraft) -> ProbeDraft {
        var merged = probe.over(common)
        merged.readiness.isMetered = isMetered.value() ?? false
        return merged
    }
}

extension ReadinessSettings {
    /// As it is told after a reload.
    var text: String {
        guard let interval else { return "off" }
        return ([interval.text] + questions.map(\.description)).joined(separator: ", ")
    }
}

extension Catalogue {
    /// The terms are those that network administrators in Indonesia use: gateway, failover, carrier, lease and the like stay English.
    static let indonesian = Catalogue(
        sentences: Indonesian.conditions.merging(Indonesian.problems) { $1 }.merging(Indonesian.events) { $1 }
            .merging(Indonesian.answers) { $1 },
        phrases: Indonesian.phrases, words: Indonesian.words)
}

enum Indonesian {
    static let words: [String: [String: String]] = [
        "health": [
            "up": "up", "down": "down", "absent": "tidak ada", "no-carrier": "tanpa carrier", "no-gateway": "tanpa gateway",
            "unknown": "belum diketahui", "suspect": "diragukan", "impaired": "terganggu", "recovering": "dalam pemulihan",
        ],
        "fault": [
            "modem gone": "modem hilang", "no carrier": "tanpa carrier", "no lease": "tanpa lease", "no route": "tanpa rute",
            "gateway silent": "gateway diam", "upstream silent": "upstream diam", "silent": "diam", "lossy": "banyak paket hilang",
            "slow": "lambat", "TCP dead": "TCP mati", "DNS dead": "DNS mati", "DNS wrong": "DNS salah",
            "captive portal": "captive portal", "HTTP dead": "HTTP mati", "script failed": "skrip gagal", "no IPv6": "tanpa IPv6",
            "drill": "drill", "down": "down", "dns": "DNS mati",
        ],
        // Codes of what keeps a standby from being ready.
        "unready": [
            "not-usable": "tidak bisa dipakai", "no-nat": "NAT tidak beres", "not-forwarding": "tidak meneruskan paket",
            "stalling": "paket besar hilang", "proof-too-old": "bukti terlalu lama", "unproven": "belum dibuktikan",
            "unanswered": "tidak menjawab", "wrong-answer": "jawaban salah",
        ],
        "family": ["v4": "IPv4", "v6": "IPv6"],
        "unit": ["ms": "ms", "s": "dtk", "m": "mnt", "min": "mnt", "h": "jam", "d": "hr"],
        "kind": [
            "health": "kondisi", "selection": "pilihan", "sessions": "sesi", "report": "laporan", "repair": "perbaikan", "kernel": "kernel",
            "firewall": "firewall", "configuration": "konfigurasi", "daemon": "daemon", "drill": "drill", "readiness": "kesiapan",
            "path": "jalur", "history": "riwayat",
        ],
        "severity": ["info": "info", "notice": "catatan", "warning": "awas", "error": "galat"],
        "switch": ["failover": "failover", "failback": "failback", "switch": "perpindahan"],
        "outcome": [
            "backed-up": "pindah", "staying": "tinggal", "idle": "diam", "gone": "pergi", "broken": "putus", "passed": "lulus",
            "not-backed-up": "tidak semua pindah", "no-failover": "tanpa failover", "no-failback": "tanpa failback",
            "stopped": "dihentikan",
        ],
        "neighbour": [
            "reachable": "aktif", "stale": "lama", "failed": "gagal", "permanent": "tetap", "unknown": "tidak tahu",
        ],
        "step": [
            "begun": "mulai", "set": "berlaku", "noticed": "terdeteksi", "failover": "failover", "ended": "dicabut", "failback": "failback",
            "report": "laporan", "result": "hasil", "over": "selesai",
        ],
        "probe": ["answered": "dijawab", "lost": "hilang", "wrong": "salah", "not-sent": "tidak terkirim"],
    ]

    /// How a WAN is, what is wrong with it, and why one carries the traffic.
    static let conditions: [String: String] = [
        "absent": "[wan? {wan} ]tidak ada: tidak ada interface {interface}",
        "nothing-fits": "[wan? {wan} ]tidak ada: tidak ada interface dengan {match}",
        "several-fit":
            "[wan? {wan} ]tidak ada: {interfaces:list} sama-sama cocok[ ({match})], dan tidak jelas mana yang dimaksud",
        "interface-taken": "[wan? {wan} ]tidak ada: {interface} milik [{by}|LAN]",
        "interface-unready": "[wan? {wan} ]tidak ada: udev belum selesai dengan {interface}",
        "no-carrier": "[wan? {wan} ]tanpa carrier[: kabel {interface} lepas, atau modemnya mati]",
        "set-down": "[wan? {wan} ]tanpa carrier: {interface} dimatikan (set down)",
        "no-gateway":
            "[wan? {wan} ]tanpa gateway: {interface} tidak punya alamat; klien DHCP-nya belum mendapat lease, atau tidak ada klien DHCP",
        "no-route":
            "[wan? {wan} ][interface? tanpa gateway: {interface} punya alamat, tetapi tidak ada yang membuat default route lewat situ. Dari dua WAN dengan dhclient hanya yang pertama yang membuatnya: tambahkan `metric {metric}` pada `iface {interface}` di /etc/network/interfaces, atau `gateway:` pada WAN|tanpa rute]",
        "no-gateway-ipv6":
            "[wan? {wan} ]tanpa gateway: {interface} tidak punya alamat yang dikenal di luarnya, atau tidak ada router yang mengumumkan diri di sana",
        "unknown": "[wan? {wan} ]belum diketahui",
        "up": "[wan? {wan} ]up[: menjawab dalam {round_trip_ms} ms][, {loss_percent} % hilang]",
        "suspect": "[wan? {wan} ]diragukan: satu jawaban terlambat, semua target sedang ditanya",
        "impaired":
            "[wan? {wan} ]terganggu[: {fault:fault}][ ({loss_percent} % hilang)][ ({round_trip_ms} ms)][ ({evidence})][; sekarang membaik, dan dianggap baik lagi setelah {seconds} detik]",
        "down": "[wan? {wan} ]down: [{fault:fault}|link-nya kembali, tetapi belum ada yang menjawab]",
        "recovering": "[wan? {wan} ]dalam pemulihan: sudah menjawab lagi, dan up setelah {seconds} detik",
        "not-asked": "[wan? {wan} ]{health:health}: probe tidak bisa dikirim ({error})",
        "modem-gone": "modem hilang", "no-lease": "tanpa lease", "gateway-silent": "gateway diam", "upstream-silent": "upstream diam",
        "silent": "diam", "lossy": "banyak paket hilang", "slow": "lambat", "tcp-dead": "TCP mati", "dns-dead": "DNS mati",
        "dns-wrong": "DNS salah", "captive-portal": "captive portal", "http-dead": "HTTP mati", "script-failed": "skrip gagal",
        "first-choice": "ini pilihan pertama",
        "best-usable": "{wans:unfit}",
        "pinned": "dipilih oleh operator (`uplinkctl switch auto` mengembalikan pilihan)",
        "min-stay": "{better} sudah bisa dipakai lagi, tetapi perpindahan terakhir baru saja terjadi (min-stay: {seconds} detik lagi)",
        "waiting":
            "[wan? {wan} {health:condition}|WAN ini diam], dan {other} baru saja mulai menjawab lagi (mendapat trafik dalam {seconds} detik)",
        "none-better": "[wan? {wan} {health:condition}|WAN ini buruk], dan tidak ada WAN lain yang lebih baik",
        "only-recovering": "tidak ada WAN yang up, dan yang ini setidaknya menjawab lagi",
        "only-unknown": "belum ada WAN yang diketahui, dan ini pilihan pertama",
        "only-proven": "tidak ada WAN yang menjawab probe, tetapi nama dan halaman web bisa diambil lewat WAN ini",
        "only-untried": "tidak ada WAN yang menjawab; yang ini belum pernah, jadi mungkin probe diblokir di sana",
        "none-usable": "{wans:unfit}",
        "none-configured": "tidak ada WAN yang dikonfigurasi",
        "nothing-known": "belum ada yang diketahui",
    ]

    /// What an administrator has to see, and why a standby isn't ready.
    static let problems: [String: String] = [
        "no-wan": "tidak ada WAN yang bisa dipakai: {reason:said}",
        "ipv6-elsewhere": "IPv6 lewat {wan}: {condition:said}; sekarang lewat {to}",
        "no-ipv6": "IPv6 tidak jalan lewat WAN mana pun, klien hanya punya IPv4: {reason:said}",
        "kernel-unreadable": "kernel tidak bisa dibaca: {error}",
        "kernel-refused": "kernel menolak: {error}",
        "routes-contested": "program lain terus mengubah rute atau setelan kami; perbaikan ditahan",
        "strayed": "sesi baru keluar lewat {interface}, yang bukan WAN: default route milik program lain mendahului rute kami (ip route)",
        "clients-stray":
            "klien di {lan} ({family:family}) [interface? keluar lewat {interface}, WAN mana pun yang dipilih|tidak bisa keluar]: rule atau rute milik program lain mendahului milik kami ([rule? rule {rule}; ][table? tabel {table}; ][family=v6? ip -6 rule; ip -6 route show table all|ip rule; ip route show table all])",
        "barred":
            "tidak ada yang bisa keluar dari box ini: rule atau rute milik program lain menolaknya sebelum rute kami ditanya (ip rule; ip route get 192.0.0.8)",
        "not-forwarded": "{interface} tidak meneruskan paket, jadi klien terputus: sysctl -w net.ipv4.conf.{interface}.forwarding=1",
        "overlapping":
            "LAN {lan} ({network}) dan {wan} ({wan_network}) berada di jaringan yang sama, jadi keduanya tidak bisa diandalkan: beri LAN jaringan lain, misalnya 192.168.88.0/24",
        "targets-blocked":
            "tidak ada target yang menjawab lewat {wan}, padahal nama dan halaman web bisa diambil lewat situ: probe diblokir di sana (ping memang diblokir oleh beberapa provider), jadi gangguannya tidak terlihat; beri target yang lolos, misalnya tcp: 1.1.1.1:443",
        "target-in-lan":
            "{target}, yang seharusnya membuktikan {wan}, berada di jaringan LAN sendiri ({lan}): itu tidak berkata apa-apa tentang WAN tersebut; pilih target lain",
        "lan-missing": "tidak ada interface LAN {interface}, jadi tidak ada yang diteruskan dari sana; akan dipakai begitu muncul",
        "several-interfaces":
            "{interfaces:list} sama-sama cocok dengan {wan}[ ({match})]; [{used} yang dipakai, karena lebih dulu ada|tidak ada yang dipakai]: tambahkan pembedanya pada 'match', misalnya path ('uplinkctl interfaces' menampilkannya)",
        "interface-of-two":
            "{interface} adalah yang dimaksud {wan}, tetapi milik [{by}|LAN]: setiap WAN harus punya interface sendiri",
        "lan-not-forwarded-ipv6": "IPv6 dari LAN tidak diteruskan: sysctl -w net.ipv6.conf.all.forwarding=1",
        "advertisements-refused":
            "{interface} tidak menerima router advertisement selama meneruskan paket: sysctl -w net.ipv6.conf.{interface}.accept_ra=2",
        "sessions-stuck": "sesi [wan? {wan} |dari WAN yang gagal ]tidak bisa dihapus: {error}",
        "sockets-hold":
            "{sockets} socket milik program di box ini sendiri tetap di {wan}, walaupun masa drain-nya sudah lewat ({ports:list}): terikat pada alamatnya, dan itu tidak bisa diubah router; `ss -aunpt` menunjukkan milik siapa, restart program itu",
        "resolver-silent":
            "resolver box ini sendiri ({resolvers:list}) tidak menjawab atau tidak bisa ditanya lewat {wan}. Jika hanya {wan} yang jalan, box ini dan klien yang bertanya kepadanya tidak mendapat nama; tambahkan resolver publik (`nameserver 1.1.1.1` di /etc/resolv.conf, atau `DNS=` di /etc/systemd/resolved.conf)",
        "mtu":
            "{wan} menghilangkan paket {family:family} yang lebih besar dari {size} byte tanpa pemberitahuan (interface-nya menerima {mtu}, `mss: {mss}`): unduhan atau VPN bisa macet; atur MTU interface-nya menjadi {size}",
        "no-nat": "NAT tidak beres[ ({place})], klien tidak bisa ke Internet[: {problem:said}]",
        "no-marks": "sesi tidak tetap pada WAN-nya ({place}), jadi failback memutusnya: {problem:said}",
        "no-fastpath": "'fastpath: on' tidak berpengaruh ({place}), semua paket lewat jalur biasa yang lebih lambat: {problem:said}",
        "no-refusal":
            "paket tanpa sesi keluar dengan alamat LAN ({place}), dan TCP bisa menggantung saat failover: {problem:said}",
        "configuration-refused":
            "berkas konfigurasi ditolak saat reload terakhir[: {problem}]; konfigurasi sebelumnya tetap berlaku, dan uplinkd tidak akan mulai dengan yang ini: 'uplinkctl check' menunjukkan kesalahannya",
        "state-unwritten":
            "keadaan sebelum uplinkd tidak bisa dicatat, jadi teardown setelah crash mungkin tidak lengkap: {error}",
        "box": "{problem}",
        "firewall-failed": "{error}",
        "firewall-contested": "program lain terus mengubah aturan kami ({place}); perbaikan ditahan",
        "firewall-not-looked-at": "belum diperiksa",
        "not-usable": "WAN ini {condition:code}",
        "not-forwarding": "{interface} tidak meneruskan paket: sysctl -w net.ipv4.conf.{interface}.forwarding=1",
        "stalling":
            "paket yang lebih besar dari {size} byte hilang lewat WAN ini, dan unduhan akan macet: pakai `mss: auto`, atau atur MTU interface-nya menjadi {size}",
        "proof-too-old": "bukti terakhir sudah terlalu lama",
        "unproven": "belum pernah dibuktikan",
        "answered": "{question} menjawab setelah {after:time}",
        "unanswered": "{question} tidak menjawab dalam {within:time}",
        "wrong-answer": "{question} memberi jawaban yang salah: {answer}",
        "too-long": "{question}: paket yang lebih besar dari {most} byte tidak bisa lewat di sana",
        "not-sent": "{question} tidak bisa ditanya: {error}. Itu tidak berkata apa-apa tentang WAN-nya",
        "answer-unreachable": "{answer}", "answer-refused": "{answer}", "answer-dns": "{answer}", "answer-portal": "{answer}",
        "answer-http": "{answer}", "answer-exec": "{answer}",
    ]
}

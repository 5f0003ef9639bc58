extension Indonesian {
    /// What uplinkctl says by itself, by the English template that stands in its sources.
    static let phrases: [String: String] = [
        // Words.
        "and": "dan", "none": "tidak ada", "none of the WANs": "bukan WAN mana pun",
        "client": "klien", "session": "sesi", "active session": "sesi aktif", "probe": "probe", "TCP session": "sesi TCP",
        "mean": "rata-rata", "deviation": "deviasi", "99 of 100": "99 dari 100", "round trip": "RTT", "metered": "berkuota",
        "fastest": "tercepat", "slowest": "paling lambat", "addresses": "alamat",
        // Heads of columns.
        "HEALTH": "KONDISI", "SINCE": "SEJAK", "ROUND TRIP": "RTT", "ADDRESS": "ALAMAT", "PROBES": "PROBE", "CLIENT": "KLIEN",
        "SEEN": "TERLIHAT", "SESSIONS": "SESI", "ANSWERED": "DIJAWAB", "OUTCOME": "HASIL", "FIRST REPLY": "BALASAN PERTAMA",
        "SESSIONS BEFORE": "SESI SEBELUM", "AFTER": "SESUDAH", "SENT": "TERKIRIM", "MEAN": "RATA-RATA", "DEVIATION": "DEVIASI",
        "LAST": "TERAKHIR", "EVENTS": "PERISTIWA",
        // Status.
        "Traffic goes by {wan}[, for {time} now]: {reason}.": "Trafik lewat {wan}[ sejak {time} lalu]: {reason}.",
        "No WAN is usable; traffic is tried by {wan}[, for {time} now]: {reason}.":
            "Tidak ada WAN yang bisa dipakai; trafik dicoba lewat {wan}[ sejak {time} lalu]: {reason}.",
        "No WAN carries traffic: {reason}.[ What is sent all the same goes by {wan}.]":
            "Tidak ada WAN yang membawa trafik: {reason}.[ Yang tetap dikirim keluar lewat {wan}.]",
        "IPv6 goes by {wan}.": "IPv6 lewat {wan}.",
        "Sessions that are on {wan} may stay for {time} more.": "Sesi yang ada di {wan} boleh tinggal {time} lagi.",
        "The operator chose it: it stays so while it can be used, until 'uplinkctl switch auto'.":
            "Dipilih oleh operator: tetap begitu selama bisa dipakai, sampai 'uplinkctl switch auto'.",
        "The operator chose {wan}, which gets it back as soon as it can be used; 'uplinkctl switch auto' ends that.":
            "Operator memilih {wan}, yang mendapat trafik lagi begitu bisa dipakai; 'uplinkctl switch auto' mengakhirinya.",
        "{wan} is ready, proven {time} ago.": "{wan} siap, terbukti {time} lalu.",
        "{wan} is not ready: {problem}": "{wan} belum siap: {problem}",
        "nobody knows why": "sebabnya tidak diketahui",
        "{size}/month": "{size}/bulan", "{metric} (no route)": "{metric} (tanpa rute)",
        "{metric} (route {route})": "{metric} (rute {route})",
        "{wan} is selected, but the kernel doesn't send by it: it sends by [{other}|none of the WANs].":
            "{wan} dipilih, tetapi kernel tidak mengirim lewat situ: kernel mengirim lewat [{other}|interface yang bukan WAN].",
        "No WAN is selected: {reason}.": "Tidak ada WAN yang dipilih: {reason}.",
        "{wanted} is chosen, and carries as soon as it can be used; no other WAN can.":
            "{wanted} dipilih, dan membawa lalu lintas begitu bisa dipakai; WAN lain juga tidak bisa.",
        "{wanted} is chosen, and carries as soon as it can be used; until then {wan} is selected.":
            "{wanted} dipilih, dan membawa lalu lintas begitu bisa dipakai; sampai saat itu {wan} yang dipakai.",
        "New sessions go by {wan}: {reason}.": "Sesi baru lewat {wan}: {reason}.",
        "{wan} is selected: {reason}.": "{wan} dipilih: {reason}.",
        // What to do about a fault.
        "there is no {interface} ('uplinkctl interfaces' lists what there is): plug the modem in, or try another port or cable.":
            "tidak ada {interface} ('uplinkctl interfaces' menampilkan yang ada): colokkan modemnya, atau coba port atau kabel lain.",
        "the cable of {interface} is out, or the box at its other end is off.":
            "kabel {interface} lepas, atau perangkat di ujung lainnya mati.",
        "{interface} has no address or no gateway: look at its DHCP client, and whether the modem is online.":
            "{interface} tidak punya alamat atau gateway: periksa klien DHCP-nya, dan apakah modemnya online.",
        "{interface} has an address and no default route: look at its DHCP client; 'uplinkctl explain' says what to add.":
            "{interface} punya alamat tetapi tanpa default route: periksa klien DHCP-nya; 'uplinkctl explain' menyebutkan yang harus ditambah.",
        "its box[ ({gateway})] doesn't answer: switch it off and on, and look at the cable between.":
            "modemnya[ ({gateway})] tidak menjawab: matikan lalu hidupkan lagi, dan periksa kabel di antaranya.",
        "its own box answers, the provider's network behind it doesn't: call the provider.":
            "modemnya menjawab, jaringan provider di belakangnya tidak: hubungi provider.",
        "nothing answers by it: look at its box first, then call the provider.":
            "tidak ada yang menjawab lewat situ: periksa modemnya dulu, lalu hubungi provider.",
        "'uplinkctl quality {wan}' has the figures for the provider; a full line may be the cause as well.":
            "'uplinkctl quality {wan}' menampilkan angka untuk provider; bisa juga karena salurannya penuh.",
        "pings pass and connections don't: call the provider, or restart its box.":
            "ping lolos, koneksi tidak: hubungi provider, atau restart modemnya.",
        "the provider's resolver is at fault, the line itself works: another resolver helps until it is mended.":
            "resolver provider bermasalah, salurannya sendiri jalan: pakai resolver lain sampai diperbaiki.",
        "the provider answers with a page of its own: an unpaid bill, a used-up quota or a login.":
            "provider menjawab dengan halamannya sendiri: tagihan belum dibayar, kuota habis, atau harus login.",
        "pings pass and pages don't: 'uplinkctl probe {wan}' shows what answers.":
            "ping lolos, halaman web tidak: 'uplinkctl probe {wan}' menunjukkan apa yang menjawab.",
        // Clients and explanations.
        "No client is known: nobody is in the neighbour table of the LAN's interfaces.":
            "Belum ada klien yang dikenal: tabel neighbour interface LAN kosong.",
        "{clients}, none of them with a session.": "{clients}, tidak satu pun punya sesi.",
        "{clients}, {busy} of them with sessions: {list}.": "{clients}, {busy} di antaranya punya sesi: {list}.",
        "{sessions} by {wan}": "{sessions} lewat {wan}",
        "Routes and rules would stay as they are.": "Rute dan rule akan tetap seperti sekarang.",
        "It would be done by": "Itu akan dilakukan dengan",
        // Reports.
        "There is no report: there has been no switch since uplinkd started, or the configuration has 'reports: off'.":
            "Tidak ada laporan: belum ada perpindahan sejak uplinkd mulai, atau konfigurasinya 'reports: off'.",
        "{kind}[ (drill: {drill})][ from {from}] to {to}: {reason}.": "{kind}[ (drill: {drill})][ dari {from}] ke {to}: {reason}.",
        "{from} to {to}": "{from} ke {to}",
        "{moved} of {clients} {noun} backed up[, median {median}][, slowest {slowest}][, {staying} {stay} on [{from}|the WAN before]][, {broken} broken][, {idle} idle][, {gone} gone][finished? .|, so far.]":
            "{moved} dari {clients} klien pindah[, median {median}][, paling lambat {slowest}][, {staying} tinggal di [{from}|WAN sebelumnya]][, {broken} putus][, {idle} diam][, {gone} pergi][finished? .|, sejauh ini.]",
        "No client had an active session[ by {from}].": "Tidak ada klien yang punya sesi aktif[ lewat {from}].",
        "Report": "Laporan", "First sign": "Tanda pertama", "Decided": "Diputuskan", "Done": "Dilakukan", "Before": "Sebelumnya",
        "First reply": "Balasan pertama", "Clients": "Klien", "Told": "Diberi tahu", "State": "Keadaan", "Evidence": "Bukti",
        "Evidence:": "Bukti:", "Limits of these figures": "Batas angka ini", "Limits of these figures:": "Batas angka ini:",
        ", {time} after the first sign": ", {time} setelah tanda pertama", ", counted {time} before": ", dihitung {time} sebelumnya",
        "[routes changed {time} later|not known]": "[rute diubah {time} kemudian|tidak diketahui]",
        "{clients} with {sessions}": "{clients} dengan {sessions}",
        "{sessions} over: {answered} answered, {silent} silent": "{sessions} berakhir: {answered} menjawab, {silent} diam",
        "not finished: the counts still grow": "belum selesai: hitungannya masih bertambah",
        // Drills, quality, the full-screen view and changes.
        "Outcome: {outcome}.": "Hasil: {outcome}.",
        "No WAN is configured.": "Tidak ada WAN yang dikonfigurasi.",
        "{wan} is {health:health}: no probe has an outcome yet.": "{wan} {health:health}: belum ada probe yang punya hasil.",
        "{wan} is {health:health}: {loss} lost of {probes} in {time}[answered? , mean {mean}, deviation {deviation}, 99 of 100 within {most}].":
            "{wan} {health:health}: {loss} hilang dari {probes} dalam {time}[answered? , rata-rata {mean}, deviasi {deviation}, 99 dari 100 dalam {most}].",
        "{name} above {leave}, until it is {back} or less": "{name} di atas {leave}, sampai {back} atau kurang",
        "Too bad with: {list}.": "Terlalu buruk bila: {list}.",
        "LAST: a character for each probe, the newest at the right; {quickest} the target's quickest, {slowest} its slowest, {lost} lost.":
            "TERAKHIR: satu karakter untuk tiap probe, yang terbaru di kanan; {quickest} tercepat, {slowest} paling lambat, {lost} hilang.",
        "uplinkd on {host}  {time}": "uplinkd di {host}  {time}", "q quits": "q keluar",
        "its sessions may stay for {time}": "sesinya boleh tinggal {time}",
        "up in {time} if it stays so": "up dalam {time} bila tetap begini",
        "selection: {old} -> {new}: {reason}": "pilihan: {old} -> {new}: {reason}",
        "selection: still {wan}: {reason}": "pilihan: tetap {wan}: {reason}",
        "{wan}: no longer configured": "{wan}: tidak lagi dikonfigurasi",
        "{wan}: now configured, {health}": "{wan}: sekarang dikonfigurasi, {health}",
        "{wan}: [now? carries|no longer carries] IPv6": "{wan}: [now? membawa|tidak lagi membawa] IPv6",
        "{wan}: [now? carries|no longer carries] new sessions": "{wan}: [now? membawa|tidak lagi membawa] sesi baru",
        "no longer: {problem}": "tidak lagi: {problem}", "NAT: in order": "NAT: beres", "not in order": "tidak beres",
        // The history.
        "PERIOD": "PERIODE", "IMPAIRED": "TERGANGGU", "OUTAGES": "GANGGUAN", "SWITCHES": "PERPINDAHAN", "OBSERVED": "DIAMATI",
        "Period": "Periode", "Impaired": "Terganggu", "Outages": "Gangguan", "Switches": "Perpindahan", "Observed": "Diamati",
        "all": "semua", "START": "MULAI", "END": "SELESAI", "DURATION": "LAMA", "FAULT": "SEBAB", "LOSS BEFORE": "LOSS SEBELUM",
        "ROUND TRIP BEFORE": "RTT SEBELUM", "Start": "Mulai", "End": "Selesai", "Duration": "Lama", "Fault": "Sebab",
        "Round trip": "RTT", "Loss before": "Loss sebelum", "Round trip before": "RTT sebelum", "outage": "gangguan",
        "Availability": "Ketersediaan", "goes on": "masih berlangsung",
        "The history knows of no WAN in that time.": "Riwayat tidak mengenal WAN apa pun pada waktu itu.",
        "From {start} to {end} ({zone}).": "Dari {start} sampai {end} ({zone}).",
        "from {start} to {end} ({zone})": "dari {start} sampai {end} ({zone})",
        "Up: of the time that was observed. Impaired: it answered, and was too bad for sessions (lossy, slow, no DNS, a captive portal).":
            "Up: dari waktu yang diamati. Terganggu: WAN menjawab, tetapi terlalu buruk untuk sesi (banyak paket hilang, lambat, tanpa DNS, captive portal).",
        "{fault}[ (also {others})]": "{fault}[ (juga {others})]",
        "{wan} had {outages}[, together {total},] {time}.": "{wan} mengalami {outages}[, seluruhnya {total},] {time}.",
        "It was up for {up} of the time that was observed, which is {time}, {share} of the whole.":
            "WAN ini up selama {up} dari waktu yang diamati, yaitu {time}, {share} dari seluruhnya.",
        "<=, >=: it began earlier, or ended later; nobody looked then.":
            "<=, >=: mulai lebih awal, atau selesai lebih lambat; saat itu tidak diamati.",
        "Outages of {wan}": "Gangguan {wan}",
        "Measured by uplinkd, which sends probes through this connection all the time. Times are local, by the clock of the measuring box.":
            "Diukur oleh uplinkd, yang terus-menerus mengirim probe lewat koneksi ini. Waktu adalah waktu setempat menurut jam box pengukur.",
        "- Start and end: from the first probe without an answer to the first answer that others followed.":
            "- Mulai dan selesai: dari probe pertama yang tidak dijawab sampai jawaban pertama yang diikuti jawaban lain.",
        "- Loss and round trip: the mean of what was measured during the outage, and in the half minute before it. `-`: not measured.":
            "- Loss dan RTT: rata-rata yang diukur selama gangguan, dan dalam setengah menit sebelumnya. `-`: tidak diukur.",
        "- Fault: the one that lasted longest. Lossy, slow, DNS and captive portal: the connection answered, and could not be used.":
            "- Sebab: yang paling lama berlangsung. Banyak paket hilang, lambat, DNS dan captive portal: koneksi menjawab, tetapi tidak bisa dipakai.",
        "- `<=`, `>=`: it began earlier, or ended later; the box didn't measure then.":
            "- `<=`, `>=`: mulai lebih awal, atau selesai lebih lambat; saat itu box tidak mengukur.",
        // Refusals.
        "uplinkd isn't running (no socket at {path}): systemctl start uplinkd":
            "uplinkd tidak berjalan (tidak ada socket di {path}): systemctl start uplinkd",
        "uplinkd isn't running (nobody listens on {path}): systemctl start uplinkd":
            "uplinkd tidak berjalan (tidak ada yang mendengarkan di {path}): systemctl start uplinkd",
        "Permission denied on {path}: you need to be root or in group uplinkd.":
            "Izin ditolak pada {path}: Anda harus root atau anggota grup uplinkd.",
        "uplinkd doesn't answer on {path}: journalctl -u uplinkd may say why.":
            "uplinkd tidak menjawab di {path}: journalctl -u uplinkd mungkin menyebutkan sebabnya.",
        "uplinkd closed the connection on {path}: journalctl -u uplinkd may say why.":
            "uplinkd menutup koneksi di {path}: journalctl -u uplinkd mungkin menyebutkan sebabnya.",
        "{wan} can't be used, it is {health:health}: {reason}": "{wan} tidak bisa dipakai ({health:health}): {reason}",
        "--force switches all the same.": "--force tetap memindahkannya.",
        "Permission denied: to change something you need to be root; to read, in group uplinkd.":
            "Izin ditolak: untuk mengubah sesuatu Anda harus root; untuk membaca, anggota grup uplinkd.",
    ]
}

import Configuration
import Floor
import Model

extension Language {
    /// As the file has it now: uplinkd may have been told to read it again. One that can't be read is nobody's wish.
    static func ofFile(_ path: String) -> Language {
        configured(by: (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) })
    }
}

import Lab

extension Series {
    func marking() async throws {}
}

import Model
import Samples

/// Reads the record of one target once, from the beginning to the end, unpacking no more than it needs.
struct StreamCursor {
    private let blocks: [[UInt8]]
    private var nextBlock = 0
    private var reader: SampleBlock.Reader?
    /// The last sample that is no later than what was asked for, and the one after it.
    private(set) var before: Sample?
    private(set) var after: Sample?
    /// Blocks that couldn't be read, as a whole or to their ends.
    private(set) var damaged = 0

    init(_ stream: Recording.Stream) {
        blocks = stream.blocks
        after = read()
    }

    /// The next sample in the order of the record. Where the box's clock was set back, samples overlap: those are passed over.
    mutating func next() -> Sample? {
        guard let sample = after else { return nil }
        before = sample
        repeat { after = read() } while after.map { $0.at < sample.at } ?? false
        return sample
    }

    private mutating func read() -> Sample? {
        while true {
            do throws(SampleBlock.Damaged) {
                if let sample = try reader?.next() { return sample }
                guard nextBlock < blocks.count else { return nil }
                nextBlock += 1
                reader = try SampleBlock.Reader(blocks[nextBlock - 1])
            } catch {
                damaged += 1
                reader = nil
            }
        }
    }

    /// The sample that is nearest in time. Has to be asked for in the order of time.
    ///
    /// - Parameters:
    ///   - span: only samples of this time: across a gap nothing can be said.
    ///   - reach: how far it may be away at most; twice the pace, if that is more.
    mutating func nearest(to moment: Milliseconds, in span: Range<Milliseconds>, reach: Milliseconds) -> Sample? {
        while let after, after.at <= moment { _ = next() }
        let distance = { (sample: Sample?) -> Milliseconds in
            guard let sample, span.contains(sample.at) else { return .max }
            return abs(sample.at - moment)
        }
        let (back, ahead) = (distance(before), distance(after))
        let nearest = ahead < back ? after : before
        return min(back, ahead) <= max(reach, (reader?.interval ?? 0) * 2) ? nearest : nil
    }
}

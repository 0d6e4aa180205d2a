/// SHA-256 of many ranges of files, several at a time on each of several threads.
///
/// Each thread holds 1 MiB. A range that cannot be read does not keep the others from being read.
///
/// - Parameter place: opens the file of a range; asked once for each of `0..<count`, from any thread.
func fileDigests(
  count: Int, threads: Int,
  _ place: @escaping @Sendable (Int) -> Result<(file: OpenFile, range: Range<Int>), CheckpointError>
) -> [Result<SHA256Digest, CheckpointError>] {
  let threads = max(1, min(threads, count))
  // No thread takes more at a time than its share.
  let width = max(1, min(SHA256Lanes.current?.count ?? 1, count.ceilDiv(threads)))
  let next = Counter()
  let lists = parallelMap(count: threads, threads: threads) { _ in
    FileDigestReader(count: count, width: width, next).read(place)
  }
  return lists.flatMap { $0 }.sorted { $0.number < $1.number }.map(\.digest)
}

/// One thread of it.
private struct FileDigestReader {
  typealias Numbered = (number: Int, digest: Result<SHA256Digest, CheckpointError>)

  private struct Open {
    let number: Int
    let file: OpenFile
    var left: Range<Int>
    let stream = SHA256Stream()
    let slot: Int
  }

  let count: Int
  let width: Int
  let next: Counter

  init(count: Int, width: Int, _ next: Counter) {
    self.count = count
    self.width = width
    self.next = next
  }

  func read(_ place: (Int) -> Result<(file: OpenFile, range: Range<Int>), CheckpointError>) -> [Numbered] {
    var done: [Numbered] = []
    var open: [Open] = []
    var free = Array(0..<width)
    let chunk = ((1 << 20) / width).roundedUp(to: 4096)
    let memory = Result { () throws(CheckpointError) in try Buffer(byteCount: chunk * width) }
    while true {
      while let slot = free.last {
        let number = next.take()
        guard number < count else { break }
        switch place(number) {
        case .failure(let error): done.append((number, .failure(error)))
        case .success(let (file, range)):
          open.append(Open(number: number, file: file, left: range, slot: slot))
          free.removeLast()
        }
      }
      if open.isEmpty { return done }
      var parts: [(stream: SHA256Stream, bytes: UnsafeRawBufferPointer)] = []
      var still: [Open] = []
      var ended: [Open] = []
      for var item in open {
        do throws(CheckpointError) {
          let start = item.slot * chunk
          let size = min(chunk, item.left.count)
          let bytes = UnsafeMutableRawBufferPointer(rebasing: try memory.get().bytes[start..<start + size])
          try item.file.read(into: bytes, at: item.left.lowerBound)
          parts.append((item.stream, UnsafeRawBufferPointer(bytes)))
          item.left = item.left.lowerBound + size..<item.left.upperBound
          if item.left.isEmpty { ended.append(item) } else { still.append(item) }
        } catch {
          done.append((item.number, .failure(error)))
          free.append(item.slot)
        }
      }
      SHA256Stream.update(parts)
      for item in ended {
        done.append((item.number, .success(item.stream.finish())))
        free.append(item.slot)
      }
      open = still
    }
  }
}

/// The tensors of one weight file as its header has them, in the order of their bytes.
struct FileTensors: Sendable {
  /// Where tensor bytes begin.
  let dataStart: Int
  private let records: ArraySlice<TensorRecord>

  /// Those of a shard: they are the checkpoint's records.
  init(_ shard: Checkpoint.Shard, of checkpoint: Checkpoint) {
    dataStart = shard.dataStart
    records = checkpoint.records[shard.records]
  }

  /// Those of a weight file that is no shard of the checkpoint.
  init(_ header: ShardHeader) {
    let start = header.dataStart
    dataStart = start
    records =
      header.entries.map { entry in
        TensorRecord(
          name: entry.name, dtype: entry.dtype, block: entry.block, shape: entry.shape, shard: 0,
          range: entry.range.lowerBound + start..<entry.range.upperBound + start)
      }[...]
  }

  var count: Int { records.count }

  subscript(i: Int) -> TensorRecord { records[records.startIndex + i] }

  /// Most digests of slices that they can have.
  var sliceCount: Int {
    records.reduce(0) { count, record in
      Manifest.sliceBytes(record.shape, byteCount: record.byteCount) == nil ? count : count &+ record.shape[0]
    }
  }

  /// What is to be read of each.
  var regions: OnDemand<ContentReader.Region> {
    OnDemand(count: count) { i in
      let record = self[i]
      var region = ContentReader.Region(range: record.range)
      region.sliceBytes = Manifest.sliceBytes(record.shape, byteCount: record.byteCount)
      region.scanned = record.dtype
      region.isScale = isFP8Scale(record.name)
      return region
    }
  }

  /// With what was read of them.
  func tensors(_ results: RegionResults) -> OnDemand<Manifest.Tensor> {
    OnDemand(count: Swift.min(count, results.count)) { i in Manifest.Tensor(self[i], results[i]) }
  }
}

extension Manifest.Tensor {
  init(_ record: TensorRecord, _ result: ContentReader.RegionResult) {
    self.init(
      name: record.name, dtype: record.dtype, block: record.block, shape: record.shape, range: record.range,
      digest: result.digest ?? SHA256Digest(hex: ""), slices: result.slices, content: result.content)
  }
}

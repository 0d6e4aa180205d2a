/// What the header of a weight file says, in whichever container.
struct ShardHeader: Sendable {
  /// In the order of their bytes.
  var entries: [HeaderEntry]
  /// Where tensor bytes begin.
  var dataStart: Int
  var metadata: [(key: String, value: String)] = []
  /// The keys of a GGUF file; empty for others.
  var fields: [GGUFField] = []
  var oddities: [Finding]
  var status: FileStatus

  init(
    reading file: OpenFile, _ container: Container, _ limits: SafetensorsHeader.Limits = .init()
  ) throws(CheckpointError) {
    switch container {
    case .safetensors:
      let header = try SafetensorsHeader(reading: file, limits: limits)
      (entries, dataStart) = (header.entries, header.dataStart)
      (metadata, oddities) = (header.metadata, header.oddities)
    case .gguf:
      let header = try GGUFHeader(reading: file)
      entries = header.entries.map { entry in
        let dtype = entry.type.dtype
        return HeaderEntry(
          name: entry.name, dtype: dtype ?? .u8, block: dtype == nil ? entry.type : nil, shape: entry.shape,
          range: entry.range)
      }
      (fields, dataStart, oddities) = (header.fields, header.dataStart, header.oddities)
    }
    status = try file.status()
  }
}

extension Container {
  /// The kind of a weight file, by its name; nil for what is none.
  init?(ofFile name: String) {
    guard let found = Self.allCases.first(where: { name.hasSuffix($0.fileEnding) }) else { return nil }
    self = found
  }
}

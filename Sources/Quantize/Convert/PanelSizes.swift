internal import CheckpointKit

/// How many rows are worked on at a time: the one place that says it, for whoever plans and whoever carries out.
enum PanelSizes {
  /// Values that are decoded and encoded in one go: what stays in the cache between the two.
  private static let stripBytes = 512 << 10

  /// Stored bytes that are read at a time: what is read, decoded and encoded before it leaves the cache.
  private static let chunkBytes = 1 << 20

  /// Rows of one strip: a multiple of sixteen and of the tile of what is written.
  static func stripRows(_ shape: Shape, _ target: any EncodingLayout) -> Int {
    let unit = max(16, target.tile.rows)
    return max(unit, stripBytes / max(1, shape.columns * 4) / unit * unit)
  }

  /// Rows that are read at a time: whole tiles of both encodings.
  ///
  /// - Parameter shape: of what is stored.
  static func chunkRows(_ shape: Shape, _ source: any EncodingLayout, _ target: any EncodingLayout) -> Int {
    let unit = max(16, source.tile.rows, target.tile.rows)
    return max(1, chunkBytes / max(1, byteCount(source, rows: unit, of: shape))) * unit
  }

  /// Rows of a panel: whole tiles, at most ``PlanBuilder/panelBytes`` of source or of output where one strip allows it.
  ///
  /// - Parameter source: what it is read from, where that is a run of rows.
  static func panelRows(
    _ shape: Shape, _ target: any EncodingLayout, from source: (layout: any EncodingLayout, shape: Shape)?
  ) -> Int {
    let unit = max(16, target.tile.rows, source?.layout.tile.rows ?? 1)
    let most = max(
      1, byteCount(target, rows: unit, of: shape),
      source.map { byteCount($0.layout, rows: unit, of: $0.shape) } ?? 0)
    return max(stripRows(shape, target).roundedUp(to: unit), PlanBuilder.panelBytes / most * unit)
  }

  /// Bytes of the parts that serve so many rows from the first.
  private static func byteCount(_ layout: any EncodingLayout, rows: Int, of shape: Shape) -> Int {
    layout.parts(for: shape).reduce(0) { $0 + $1.byteRange(rows: 0..<min(rows, shape.rows)).count }
  }
}

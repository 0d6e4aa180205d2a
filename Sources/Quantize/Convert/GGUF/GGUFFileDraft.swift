internal import CheckpointKit

/// What makes a GGUF file, or the set that it is split into: its tensors, what is done for each, and its keys.
struct GGUFFileDraft {
  private(set) var works: [ConvertPlan.Work] = []
  var fields: [GGUFEntry] = []

  var writer: GGUFWriter { GGUFWriter(fields: fields.flatMap(\.bytes), count: fields.count) }

  /// Adds a tensor.
  ///
  /// - Parameter places: the binding's tensor of each of the model's.
  mutating func add(
    _ tensor: GGUFLayout.Tensor, from places: [Int], as target: any EncodingLayout, keepsCodes: Bool = false,
    importance: ImportanceMatrix.Entry? = nil, options: EncodeOptions = EncodeOptions(), rule: Int? = nil
  ) {
    let arrangement = Arrangement(
      name: tensor.name, sources: Self.sources(tensor.sources, places), route: keepsCodes ? .transcode : .copyOrEncode,
      rowsPerSlice: tensor.rowsPerSlice, rows: tensor.rows, columns: tensor.columns, function: tensor.function,
      importance: importance)
    works.append(
      ConvertPlan.Work(
        tensor: tensor.sources.first, operation: .arrange(arrangement, options), target: target, shape: tensor.shape,
        rule: rule))
  }

  private static func sources(_ tensors: [Int], _ places: [Int]) -> Arrangement.Sources {
    switch tensors.count {
    case 0: .none
    case 1: .one(places[tensors[0]])
    default: .each(tensors.map { places[$0] })
    }
  }

  /// The tensors, laid out.
  ///
  /// - Parameter firstWork: the number of the first of them among all of the plan.
  func drafts(_ binding: Binding, firstWork: Int = 0) -> [PlanBuilder.Draft] {
    works.enumerated().map { number, work in
      guard let draft = work.draft(name: "", binding, number: firstWork + number) else {
        preconditionFailure("a tensor of a GGUF file is put together")
      }
      return draft
    }
  }
}

extension GGUFLayout {
  /// As `gguf.GGUFWriter` counts: experts are what is stacked matrices, and a file without any has none.
  var parameterCounts: ParameterCounts {
    var counts = ParameterCounts(total: 0, shared: 0, expert: 0, expertCount: 0)
    var stackCount = 0
    for tensor in tensors {
      let elements = tensor.shape.elementCount
      counts.total += elements
      if tensor.role?.isRoutedExpert ?? false, tensor.shape.rank > 2 {
        counts.expert += elements / max(1, tensor.sliceCount)
        counts.expertCount += tensor.sliceCount
        stackCount += 1
      } else {
        counts.shared += elements
      }
    }
    counts.expertCount /= max(1, stackCount)
    return counts
  }
}

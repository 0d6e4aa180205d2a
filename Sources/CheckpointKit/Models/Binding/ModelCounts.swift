/// How many parameters a model has, counted on logical weights: scales and junk are none.
///
/// | count | what is in it |
/// |---|---|
/// | `total` | all that is stored, with multi-token-prediction layers, vision and a stored copy of a tied head |
/// | `text` | the text model alone |
/// | `active` | of the text model, what one token meets: of the routed experts `experts_per_token`; embedding and head count |
public struct ModelCounts: Sendable, Equatable {
  public private(set) var total = 0
  public private(set) var text = 0
  public private(set) var active = 0

  /// Counts some of a model's tensors, given by their indices in the layout.
  public init(of model: ModelLayout, tensors: some Sequence<Int>) {
    var routed = 0
    for index in tensors {
      let tensor = model.tensors[index]
      let elements = tensor.shape.elementCount
      total = Self.sum(total, elements)
      guard tensor.group == .text else { continue }
      text = Self.sum(text, elements)
      if tensor.role.isRoutedExpert { routed = Self.sum(routed, elements) }
    }
    active = text - routed
    guard let perToken = model.integer("experts_per_token"), model.expertCount > 0 else { return }
    // Experts are alike, so that the division is exact.
    active = Self.sum(active, routed / model.expertCount * max(0, min(perToken, model.expertCount)))
  }

  /// Counts what a checkpoint stores; nil where its family is not known.
  public init?(_ binding: Binding) {
    guard let model = binding.model else { return nil }
    self.init(of: model, tensors: binding.tensors.lazy.map(\.tensor))
  }

  /// A config may ask for more than an integer holds: such a count stays at the largest.
  private static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }
}

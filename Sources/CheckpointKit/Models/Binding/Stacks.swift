/// The stored tensors that may hold all experts of a layer, and what each expert's tensors are in them.
struct Stacks: Sendable {
  /// Where a tensor of one template and layer stands in its stack.
  struct Place: Sendable {
    /// Which stack.
    let number: Int
    /// `[experts, rows, columns]`, or `[experts, rows]` of a stack of vectors.
    let shape: Shape
    let first: Int
    let step: Int
    let isTransposedWherePlain: Bool

    /// The stack as it is stored in an encoding.
    func storedShape(isPlain: Bool) -> Shape {
      isPlain && isTransposedWherePlain ? [shape[0], shape[2], shape[1]] : shape
    }

    /// The view of an expert's tensor.
    ///
    /// - Parameter shape: of the expert's tensor.
    func view(expert: Int, _ shape: Shape, isPlain: Bool) -> MatrixView {
      let stored = storedShape(isPlain: isPlain)
      var view = MatrixView(all: stored)
      if stored.rank == 2 {
        (view.firstRow, view.rows) = (expert, 1)
        view.columns = first..<first + (shape.columns - 1) * step + 1
        view.columnStep = step
      } else if isPlain, isTransposedWherePlain {
        (view.firstRow, view.rows) = (expert * stored[1], stored[1])
        view.columns = first..<first + (shape.rows - 1) * step + 1
        view.columnStep = step
        view.isTransposed = true
      } else {
        (view.firstRow, view.rowStep, view.rows) = (expert * stored[1] + first, step, shape.rows)
      }
      return view
    }
  }

  /// The names of stacks, each once.
  private(set) var templates: [NameTemplate] = []
  private(set) var count = 0
  private var numbers: [Key: Int] = [:]
  private var places: [Key: Place] = [:]

  private struct Key: Hashable {
    /// Index of a name of stacks, or of a tensor of the spec.
    var template: Int
    var layer: Int?
  }

  init(
    _ spec: FamilySpec, _ tensors: [ModelLayout.Tensor], _ environment: SpecEnvironment
  ) throws(CheckpointError) {
    guard spec.tensors.contains(where: { $0.stack != nil }) else { return }
    let experts = tensors.reduce(0) { max($0, ($1.expert ?? -1) + 1) }
    for tensor in tensors where tensor.expert == 0 {
      guard let stack = spec.tensors[tensor.template].stack else { continue }
      var environment = environment
      environment.layer = tensor.layer
      let name = templates.firstIndex { $0.text == stack.template.text } ?? templates.count
      if name == templates.count { templates.append(stack.template) }
      let key = Key(template: name, layer: stack.template.hasLayer ? tensor.layer : nil)
      let number = numbers[key] ?? count
      if number == count { count += 1 }
      numbers[key] = number
      let (rows, first, step) = (
        try environment.int(stack.rows), try environment.int(stack.first), try environment.int(stack.step)
      )
      let length = tensor.shape[0]
      let (end, overflow) = (length - 1).multipliedReportingOverflow(by: step)
      guard step > 0, first >= 0, !overflow, end < rows, first <= rows - 1 - end, rows < 1 << 40 else {
        throw CheckpointError(
          .configKey, file: environment.config.file, tensor: stack.template.text,
          "would have \(length) rows from \(first) in steps of \(step) among \(rows)")
      }
      var shape = Shape([experts, rows])
      if tensor.shape.rank == 2 { shape = [experts, rows, tensor.shape[1]] }
      let (elements, tooMany) = (rows * experts).multipliedReportingOverflow(
        by: tensor.shape.rank == 2 ? tensor.shape[1] : 1)
      guard !tooMany, elements < 1 << 56 else {
        throw CheckpointError(
          .configKey, file: environment.config.file, tensor: stack.template.text, "would have the shape \(shape)")
      }
      places[Key(template: tensor.template, layer: tensor.layer)] = Place(
        number: number, shape: shape, first: first, step: step, isTransposedWherePlain: stack.isTransposedWherePlain)
    }
  }

  /// The stack of a name (by its index) and a layer.
  func number(_ template: Int, layer: Int?) -> Int? { numbers[Key(template: template, layer: layer)] }

  /// Where a tensor would stand in a stack; nil where the spec has none for it.
  func place(of tensor: ModelLayout.Tensor) -> Place? {
    tensor.expert == nil ? nil : places[Key(template: tensor.template, layer: tensor.layer)]
  }
}

/// An oddity that many tensors of a file may share: told once.
struct FoldedOddity {
  var code: ProblemCode
  private var first: (name: TensorName, problem: String)?
  private var count = 0

  init(_ code: ProblemCode) { self.code = code }

  mutating func note(_ name: TensorName, _ problem: @autoclosure () -> String) {
    if first == nil { first = (name, problem()) }
    count += 1
  }

  var finding: Finding? {
    guard let first else { return nil }
    let others = count == 1 ? "" : "; so it is with \(count - 1) others of this file"
    return Finding(.warning, code, tensor: first.name.string, first.problem + others)
  }
}

internal import CheckpointKit

/// Pairs the tensors of two checkpoints by their stored names, where no family says what they mean.
func matchByName(
  _ a: Binding, _ b: Binding
) throws(CheckpointError) -> (pairs: [Comparer.Pair], findings: [Finding]) {
  let unknown = a.model == nil ? a : b
  let reason =
    unknown.findings.first { $0.code == .familyUnknown || $0.code == .configMissing } ?? unknown.findings.first
  let problem = reason?.problem ?? "its family is not known"
  var findings: [Finding] = [
    Finding(
      .note, reason?.code ?? .familyUnknown, file: unknown.checkpoint.path,
      "is compared by the names of its tensors: " + problem, hint: reason?.hint)
  ]
  let (left, right) = (a.checkpoint.namedTensors(), b.checkpoint.namedTensors())
  findings += left.findings + right.findings
  var places: [String: Int] = [:]
  for (i, tensor) in right.tensors.enumerated() { places[tensor.name] = i }
  var isMatched = [Bool](repeating: false, count: right.tensors.count)
  var pairs: [Comparer.Pair] = []
  func oneSided(_ tensor: NamedTensor, in binding: Binding, _ problem: String) -> Finding {
    Finding(.error, .oneSided, file: binding.checkpoint.path, tensor: tensor.name, problem)
  }
  func side(_ tensor: NamedTensor) -> Comparer.Side {
    Comparer.Side(name: tensor.name, shape: tensor.shape, pieces: [tensor.piece])
  }
  for tensor in left.tensors {
    guard let place = places[tensor.name] else {
      findings.append(oneSided(tensor, in: a, "is missing in \(b.checkpoint.path)"))
      continue
    }
    isMatched[place] = true
    let other = right.tensors[place]
    if tensor.shape == other.shape {
      pairs.append(Comparer.Pair(a: side(tensor), b: side(other)))
    } else {
      findings.append(
        oneSided(tensor, in: a, "has shape \(tensor.shape), and \(other.shape) in \(b.checkpoint.path)"))
    }
  }
  guard isMatched.contains(true) else {
    throw CheckpointError(
      reason?.code ?? .familyUnknown, file: unknown.checkpoint.path,
      "cannot be compared: \(problem), and no stored name is in both", hint: reason?.hint)
  }
  for i in isMatched.indices where !isMatched[i] {
    findings.append(oneSided(right.tensors[i], in: b, "is missing in \(a.checkpoint.path)"))
  }
  return (pairs, findings)
}

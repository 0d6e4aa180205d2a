/// An engine and how it is to be run: `vllm:tp=8,ep=16`.
public struct Deployment: Sendable {
  public var engine: EngineSpec
  public var sizes: [String: Int]

  /// What is wrong with a `--for`.
  public struct Misuse: Error, Sendable {
    public var message: String
    /// What was not known, and what there is.
    public var unknown: (name: String, known: [String])?
  }

  public init(_ text: String, engines: [EngineSpec]) throws(Misuse) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let engine = engines.first(where: { foldedName($0.name) == foldedName(parts[0]) }) else {
      throw Misuse(message: "'\(parts[0])' is no engine", unknown: (parts[0], engines.map(\.name)))
    }
    self.engine = engine
    sizes = Dictionary(uniqueKeysWithValues: engine.options.map { ($0.key, $0.value) })
    guard parts.count == 2 else { return }
    var given: Set<String> = []
    for setting in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let sides = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard engine.options.contains(where: { $0.key == sides[0] }) else {
        throw Misuse(
          message: "'\(sides[0])' is no size of a deployment of \(engine.name)",
          unknown: (sides[0], engine.options.map(\.key)))
      }
      guard sides.count == 2, let value = Int(sides[1]), (1...65536).contains(value) else {
        throw Misuse(message: "\(sides[0]) takes a whole number from 1 on, as in \(sides[0])=8")
      }
      guard given.insert(sides[0]).inserted else { throw Misuse(message: "\(sides[0]) is given twice") }
      sizes[sides[0]] = value
    }
  }

  init(_ engine: EngineSpec, sizes: [String: Int]) {
    self.engine = engine
    self.sizes = sizes
  }

  /// `vllm:tp=8,ep=16`; sizes that have their usual value are left out.
  public var text: String {
    let settings = engine.options.filter { sizes[$0.key] != $0.value }.map { "\($0.key)=\(sizes[$0.key] ?? 1)" }
    return settings.isEmpty ? engine.name : engine.name + ":" + settings.joined(separator: ",")
  }
}

internal import ArgumentParser
internal import CheckpointKit

struct ReshardVerb: Verb {
  static let verb = "reshard"
  static let configuration = CommandConfiguration(
    commandName: "reshard",
    abstract: "Move the boundaries between weight files; no value changes.",
    discussion: """
      Every stored tensor is copied byte for byte, the parts of one weight into the same file.

      EXAMPLES
        ckpt reshard Kimi-K2-Instruct K2-5GB --max-shard-size 5GB
        ckpt reshard Qwen3-8B Qwen3-8B-by-layer --by layer
      """)

  enum Boundary: String, CaseIterable, ExpressibleByArgument { case layer }

  @Argument(help: "The checkpoint to read.", completion: .directory)
  var source: String

  @Argument(help: "The folder to write; it must be new or empty.", completion: .directory)
  var destination: String

  @Option(help: "Files of at most so many bytes of tensors, filled in the source's order.", transform: parseSize)
  var maxShardSize: Int?

  @Option(name: .customLong("by"), help: "layer: one file for each decoder layer.")
  var boundary: Boundary?

  @OptionGroup(title: "Writing") var writing: WritingOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func validate() throws {
    if (maxShardSize == nil) == (boundary == nil) {
      throw ValidationError("give either --max-shard-size SIZE or --by layer")
    }
  }

  func perform(_ session: Session) throws -> Report {
    let sharding: Sharding = maxShardSize.map { .upTo(bytes: $0) } ?? .byLayer
    let binding = try Binding.inspect(try session.open(source), library: try session.library())
    let place = PlanFile.Place(
      source: source, destination: destination, overwrite: writing.overwrite, specFolders: common.specs)
    let flow = WritingFlow(
      session: session, job: try Reshard(binding, sharding: sharding), place: place, verb: "reshard")
    return try flow.perform(writing).report
  }

  /// What `run` does with a saved plan.
  static func plan(
    source: String, named options: [String: String], library: SpecLibrary, _ session: Session
  ) throws -> Reshard {
    let how = options["by"] ?? ""
    let sharding: Sharding
    if how == "layer" {
      sharding = .byLayer
    } else if let bytes = Int(how.dropFirst("up-to-".count)) {
      sharding = .upTo(bytes: bytes)
    } else {
      throw CheckpointError(.planMalformed, "has no boundary that is known: '\(how)'")
    }
    let binding = try Binding.inspect(try session.open(source), library: library)
    return try Reshard(binding, sharding: sharding)
  }
}

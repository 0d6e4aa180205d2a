internal import ArgumentParser
internal import CheckpointKit

struct ReshardVerb: ReadingVerb {
  static let verb = "reshard"
  static let configuration = CommandConfiguration(
    commandName: "reshard",
    abstract: "Move the boundaries between weight files; no value changes.",
    discussion: """
      Every stored tensor is copied byte for byte, the parts of one weight into the same file. A GGUF file, or any file \
      of a split set, is split or merged the same way; DST then ends in .gguf, and the files of a set are called \
      DST-00001-of-000NN.gguf.

      EXAMPLES
        ckpt reshard Kimi-K2-Instruct K2-5GB --max-shard-size 5GB
        ckpt reshard Qwen3-8B Qwen3-8B-by-layer --by layer
        ckpt reshard K2-Q2_K-00001-of-00009.gguf K2-Q2_K.gguf --max-shard-size 1TB
      """)

  enum Boundary: String, CaseIterable, ExpressibleByArgument { case layer }

  @Argument(help: "The checkpoint to read.", completion: .directory)
  var source: String

  @Argument(help: "The folder to write, new or empty; a .gguf file for a GGUF source.", completion: .directory)
  var destination: String

  @Option(help: "Files of at most so many bytes of tensors, filled in the source's order.", transform: parseSize)
  var maxShardSize: Int?

  @Option(name: .customLong("by"), help: "layer: one file for each decoder layer.")
  var boundary: Boundary?

  @OptionGroup(title: "Writing") var writing: WritingOptions
  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func validate() throws {
    if (maxShardSize == nil) == (boundary == nil) {
      throw ValidationError("give either --max-shard-size SIZE or --by layer")
    }
  }

  func perform(_ session: Session) throws -> Report {
    let sharding: Sharding = maxShardSize.map { .upTo(bytes: $0) } ?? .byLayer
    let checkpoint = try session.open(source)
    let binding = try Binding.inspect(checkpoint, library: try session.library())
    let place = PlanFile.Place(
      source: source, destination: destination, overwrite: writing.overwrite, overwriteAll: writing.overwriteAll,
      specFolders: common.specs, followLinks: followsLinks)
    if place.isFile != (checkpoint.container == .gguf) {
      throw ValidationError(
        place.isFile
          ? "DST names a .gguf file, but \(source) is no GGUF: give a folder"
          : "\(source) is GGUF: give DST a name that ends in .gguf")
    }
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

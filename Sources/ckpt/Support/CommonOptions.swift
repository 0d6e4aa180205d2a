internal import ArgumentParser
internal import CheckpointKit

/// Options that every verb has, with the same meaning everywhere.
struct CommonOptions: ParsableArguments {
  enum Progress: String, CaseIterable, ExpressibleByArgument { case auto, plain, json, none }
  enum Color: String, CaseIterable, ExpressibleByArgument { case auto, always, never }

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing but results, errors and warnings.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Print more: each tensor, notes in full.")
  var verbose = false

  @Option(help: "Threads to use (default: as many as this process may).", transform: parseThreads)
  var threads: Int = availableProcessors

  @Option(
    help: "Most memory to use, such as 2GiB (default: the smaller of 4 GiB and half of the machine's).",
    transform: parseSize)
  var memory: Int = MemoryBudget.standard.total

  @Option(help: "Where progress goes: auto (a line on a terminal), plain, json or none.")
  var progress: Progress = .auto

  @Option(help: "Colour: auto, always or never.")
  var color: Color = .auto

  @Option(help: "A folder with further families, presets and recipes; may be given again.", completion: .directory)
  var specs: [String] = []
}

/// What every verb that reads a checkpoint has.
struct LinkOptions: ParsableArguments {
  @Flag(help: "Follow links that lead out of the checkpoint, or of the Hub cache it lies in; others always are.")
  var followLinks = false
}

/// What every verb has that may stop at a finding.
struct AllowOptions: ParsableArguments {
  @Option(
    help: "Let findings of this code pass, of all files or of those that match: CODE or CODE=GLOB; may be given again.")
  var allow: [String] = []

  var allowances: [Allowance] { allow.map { Allowance($0) } }

  func validate() throws {
    for one in allowances where ProblemCode(rawValue: one.code) == nil {
      throw ValidationError(
        "'\(one.code)' is no code of a finding"
          + suggestion(one.code, among: ProblemCode.allCases.map(\.rawValue)))
    }
  }
}

/// What every verb that writes a folder has.
struct WritingOptions: ParsableArguments {
  @Flag(name: [.customShort("n"), .long], help: "Say what would be written, and write nothing.")
  var dryRun = false

  @Option(help: "Save the plan to FILE for 'ckpt run', and write nothing else.", completion: .file())
  var planOnly: String?

  @Flag(help: "Replace an earlier result of ckpt, or another command's unfinished one, once the new one is complete.")
  var overwrite = false

  @Flag(help: "The same, with whatever else is in DST: its names are listed first.")
  var overwriteAll = false

  func validate() throws {
    if dryRun, planOnly != nil { throw ValidationError("--dry-run writes nothing, and --plan-only writes a plan") }
  }
}

func parseThreads(_ text: String) throws -> Int {
  guard let count = Int(text), (1...4096).contains(count) else {
    throw ValidationError("--threads takes a number from 1 to 4096, not '\(text)'")
  }
  return count
}

/// A size: `KB MB GB TB` are powers of 1000, `KiB MiB GiB TiB` of 1024, a bare number is bytes.
func parseSize(_ text: String) throws -> Int {
  guard let size = ByteSize.parse(text) else {
    throw ValidationError(
      "'\(text)' is no size: write it like 500MB (powers of 1000), 2GiB (powers of 1024) or 1048576")
  }
  return size
}

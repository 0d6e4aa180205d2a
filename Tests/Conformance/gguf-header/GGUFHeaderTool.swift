internal import CheckpointKit

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// `gguf-header FOLDER OUT.gguf VOCAB [PRE|-] [NAME|-] [TOTAL SHARED EXPERT EXPERTS]`: the keys that do not come from weights,
/// in a GGUF file without tensors, for the judge `tokenizer.py` to read.
@main
enum GGUFHeaderTool {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst().map { $0 == "-" ? nil : $0 }
    do throws(CheckpointError) { try run(arguments) } catch {
      print("\(error.code.rawValue): \(error)\(error.hint.map { "; " + $0 } ?? "")")
      exit(2)
    }
  }

  static func run(_ arguments: [String?]) throws(CheckpointError) {
    guard arguments.count >= 3, let folder = arguments[0], let out = arguments[1],
      let size = arguments[2].flatMap({ Int($0) })
    else { throw CheckpointError(.internalMistake, "three arguments or more") }
    let checkpoint = try Checkpoint.open(folder)
    let library = try SpecLibrary()
    var entries: [GGUFEntry] = []
    let counts = arguments.dropFirst(5).compactMap { $0.flatMap { Int($0) } }
    if counts.count == 4 {
      let general = try GeneralMetadata(
        of: checkpoint, name: arguments[4],
        counts: ParameterCounts(total: counts[0], shared: counts[1], expert: counts[2], expertCount: counts[3]))
      entries = general.entries
      for finding in general.findings { print(finding) }
    } else {
      entries = try GGUFTokenizer.metadata(
        of: checkpoint, vocabSize: size, pre: arguments.count > 3 ? arguments[3] : nil, library: library)
    }
    let writer = GGUFWriter(fields: entries.flatMap(\.bytes), count: entries.count)
    let layout = writer.layout([], at: FilePlace(number: 0, count: 1, tensorCount: 0))
    try FileAccess.system.writeAtomically(layout.header, to: out)
  }
}

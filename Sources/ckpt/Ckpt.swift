internal import ArgumentParser
internal import CheckpointKit

@main
enum Main {
  static func main() {
    let arguments = Terminal.arguments
    // The parser would call a misspelt verb an unexpected argument.
    if let verb = arguments.first, !verb.hasPrefix("-"), !Ckpt.verbs.contains(verb), verb != "help" {
      Terminal.note("Error: there is no verb '\(printable(verb))'" + suggestion(verb, among: Ckpt.verbs))
      Terminal.note("Usage: ckpt <verb>\n  See 'ckpt --help' for more information.")
      Terminal.exit(ExitStatus.usage)
    }
    // As an empty path it would mean the working folder to one verb and nothing to another.
    if arguments.contains("") {
      Terminal.note("Error: an argument is empty; a variable without a value?")
      Terminal.exit(ExitStatus.usage)
    }
    do {
      var command = try Ckpt.parseAsRoot(arguments)
      try command.run()
    } catch {
      // The parser's own printing would not notice an output that is full.
      let (text, status) = (PathBytes.shown(Ckpt.fullMessage(for: error)), Ckpt.exitCode(for: error))
      if !text.isEmpty { Terminal.write(text + "\n", to: status == .success ? 1 : 2) }
      Terminal.exit(status.rawValue)
    }
  }
}

struct Ckpt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ckpt",
    abstract: "Inspect, validate, convert and compare the checkpoints of large language models, offline.",
    discussion: """
      EXAMPLES
        ckpt convert Kimi-K2-Instruct Kimi-K2-INT4 --to int4-g32
        ckpt inspect Kimi-K2-Instruct
        ckpt validate Kimi-K2-Instruct
        ckpt reshard Qwen3-8B Qwen3-8B-5GB --max-shard-size 5GB
      """,
    version: Toolkit.version,
    groupedSubcommands: [
      CommandGroup(
        name: "Look", subcommands: [Inspect.self, List.self, Validate.self, Compare.self, Forward.self, Imatrix.self]),
      CommandGroup(name: "Trust", subcommands: [ChecksumVerb.self, VerifyVerb.self]),
      CommandGroup(name: "Write", subcommands: [Convert.self, ReshardVerb.self, Synth.self, Metadata.self]),
      CommandGroup(name: "Plans", subcommands: [Run.self, Status.self, FinishVerb.self]),
      CommandGroup(name: "Know", subcommands: [Families.self, Presets.self, Encodings.self, Recipes.self]),
    ])

  /// The names of all verbs.
  static var verbs: [String] {
    configuration.subcommands.map { $0.configuration.commandName ?? $0._commandName }
  }
}

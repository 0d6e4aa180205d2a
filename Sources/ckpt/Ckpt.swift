internal import ArgumentParser
internal import CheckpointKit

@main
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
      CommandGroup(name: "Look", subcommands: [Inspect.self, List.self, Validate.self, Compare.self, Forward.self]),
      CommandGroup(name: "Write", subcommands: [Convert.self, ReshardVerb.self]),
      CommandGroup(name: "Plans", subcommands: [Run.self, Status.self, FinishVerb.self]),
      CommandGroup(name: "Know", subcommands: [Families.self, Encodings.self, Recipes.self]),
    ])
}

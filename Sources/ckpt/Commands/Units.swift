internal import ArgumentParser
internal import CheckpointKit

/// `i/n`: share i, counted from 0, of n.
struct WorkerShare: ExpressibleByArgument {
  let index: Int
  let count: Int

  init?(argument: String) {
    let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1], count >= 1, (0..<count).contains(index)
    else { return nil }
    (self.index, self.count) = (index, count)
  }
}

struct Run: Verb {
  static let verb = "run"
  static let configuration = CommandConfiguration(
    abstract: "Do the units of a saved plan, or one worker's share of them.",
    discussion: """
      Workers share nothing but the folder; two on one unit write the same bytes. When all units are done, \
      'ckpt finish' checks and publishes.

      EXAMPLES
        ckpt convert SRC DST --to int4-g32 --plan-only plan.json && ckpt run plan.json && ckpt finish plan.json
        ckpt run plan.json --worker $SLURM_ARRAY_TASK_ID/16
      """)

  @Argument(help: "A plan that --plan-only saved.", completion: .file())
  var plan: String

  @Option(help: "Only this share of the units: i/n, counted from 0.")
  var worker: WorkerShare?

  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    try SavedPlan(plan, session).flow.runShare(worker.map { ($0.index, $0.count) }, session)
  }
}

struct Status: Verb {
  static let verb = "status"
  static let configuration = CommandConfiguration(
    abstract: "Say what is done of a saved plan, or what lies at the place of a result and which command goes on.",
    discussion: """
      Exit status 0 when nothing is missing, 75 when units are, 1 when files of a finished result are gone or changed.

      EXAMPLES
        ckpt status plan.json
        ckpt status Kimi-K2-INT4
        ckpt status plan.json --json | jq -r .summary.missing_units
      """)

  @Argument(help: "A plan that --plan-only saved, or the DST of a writing verb.", completion: .file())
  var plan: String

  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    let isPlan = try session.files.status(plan)?.kind == .regular && !plan.hasSuffix(Container.gguf.fileEnding)
    if !isPlan { return try DestinationStatus(plan, session).report }
    var report = try SavedPlan(plan, session).flow.status()
    let verb = report.summary["missing"]?.int == 0 ? "finish" : "run"
    let isComplete =
      report.summary["state"]?.string == ResultStatus.State.complete.name || report.summary["changed"] == true
    report.summary["command"] = isComplete ? .null : .string(shellCommand([verb, plan]))
    return report
  }
}

struct FinishVerb: Verb {
  static let verb = "finish"
  static let configuration = CommandConfiguration(
    commandName: "finish",
    abstract: "Check that all units of a saved plan are done, and publish the result.",
    discussion: """
      What was written is read once more and held against the digests that were taken while it was in memory: all of up \
      to 1 GiB, of more one unit in 64. Exit status 75 when units are missing; nothing is published then.

      EXAMPLES
        ckpt finish plan.json
        ckpt finish plan.json --verify --json | jq .summary
      """)

  @Argument(help: "A plan that --plan-only saved.", completion: .file())
  var plan: String

  @Flag(help: "Read all that was written, however much it is.")
  var verify = false

  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report { try SavedPlan(plan, session).flow.finish(verifiesAll: verify) }
}

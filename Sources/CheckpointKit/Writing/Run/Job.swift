/// The work of a writing verb, planned: what the runner carries out, and what finish adds to it.
public protocol Job: Sendable {
  var plan: Plan { get }
  var findings: [Finding] { get }
  /// Whether digests of what is written are taken along the way.
  var takesDigests: Bool { get }
  /// Whether digests of the source's weight files are taken before.
  var takesSourceDigests: Bool { get }
  /// Bytes of the source's weights; nil where there is no source.
  var inputBytes: Int? { get }
  /// The files of the source, for what must not be written into; nil where there is none.
  var source: Checkpoint? { get }

  func executor() -> any PanelExecutor

  /// What makes the files a checkpoint, once all of them are complete.
  func finishing(_ outcome: Runner.Outcome) throws(CheckpointError) -> Finishing
}

import Foundation
import Testing

/// Runs the built command as `Tests/Transcripts/*.txt` say, and holds what it prints against them.
///
/// A transcript is a list of commands, each with what it must do:
///
///     $ ckpt validate model      a command, run by sh in an empty folder of the transcript's own
///     model: fine: …             lines of standard output
///     ! ckpt: note: …            lines of standard error
///     ? 0                        the exit status
///
/// Figures that differ from run to run (seconds, rates, memory) stand as `#`. With `CKPT_UPDATE_TRANSCRIPTS=1` the files are
/// written anew from what happened, to be read in the diff.
@Suite("Transcripts")
struct TranscriptTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Transcripts")

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".txt") }.sorted()
  }()

  @Test("the command does what its transcripts say", arguments: names)
  func transcript(name: String) throws {
    let file = Self.folder.appendingPathComponent(name)
    let expected = try String(contentsOf: file, encoding: .utf8)
    let work = FileManager.default.temporaryDirectory.appendingPathComponent("ckpt-transcript-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: work) }
    var found = ""
    for line in expected.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#") { found += line + "\n" }
      if line.hasPrefix("$ ") {
        // Saved plans have absolute paths in them.
        found += try run(String(line.dropFirst(2)), in: work).replacingOccurrences(of: work.path + "/", with: "")
      }
    }
    if ProcessInfo.processInfo.environment["CKPT_UPDATE_TRANSCRIPTS"] == "1" {
      try found.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    #expect(found == expected)
  }

  @Test("there are transcripts")
  func some() { #expect(Self.names.count >= 4) }

  private func run(_ command: String, in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    process.environment = ["PATH": products + ":/usr/bin:/bin", "LC_ALL": "C", "TERM": "dumb", "COLUMNS": "80"]
    let (output, errors) = (folder.appendingPathComponent(".out"), folder.appendingPathComponent(".err"))
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    var text = "$ " + command + "\n"
    text += Self.masked(try String(contentsOf: output, encoding: .utf8))
    let said = Self.masked(try String(contentsOf: errors, encoding: .utf8))
    for line in said.split(separator: "\n", omittingEmptySubsequences: true) { text += "! " + line + "\n" }
    return text + "? \(process.terminationStatus)\n"
  }

  /// Figures of this machine and this moment.
  private static func masked(_ text: String) -> String {
    var text = text
    let patterns = [
      (#"[0-9.]+ [KMG]?i?B/s"#, "# MiB/s"), (#"[0-9.]+ s, peak memory [0-9.]+ MiB"#, "# s, peak memory # MiB"),
      (#""(elapsed_seconds|peak_memory_bytes|fixed_bytes|peak_bytes|least_bytes|workers)": [0-9.e-]+"#, "\"$1\": #"),
      (
        #"memory: [0-9.]+ MiB \+ [0-9]+ × [0-9.]+ [KM]iB; at least --memory [0-9]+MiB"#,
        "memory: # MiB + # × #; at least --memory #MiB"
      ),
      (#"needs [0-9]+ bytes for headers and tables"#, "needs # bytes for headers and tables"),
      (#"give at least --memory [0-9]+MiB"#, "give at least --memory #MiB"),
    ]
    for (pattern, replacement) in patterns {
      text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
    }
    if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    return text
  }
}

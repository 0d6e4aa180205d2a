internal import CheckpointKit

/// Markdown for the summary page of a CI job: the verdict, the figures, and a table of what was found.
struct MarkdownReport {
  let document: ReportDocument

  /// Rows beyond these are counted: job pages have a limit of a megabyte.
  private static let rowLimit = 500

  var text: String {
    let errors = document.findings.count { $0.severity == .error }
    let warnings = document.findings.count { $0.severity == .warning }
    let verdict =
      document.error != nil
      ? "could not be checked" : document.exitStatus != 0 ? "wrong" : warnings > 0 ? "usable, with warnings" : "fine"
    var text = "## \(Self.escaped(document.checkpoint)): \(verdict)\n\n"
    if let error = document.error {
      text += "**\(error.code.rawValue)**: \(Self.escaped(error.description))"
      text += error.hint.map { " *\(Self.escaped($0))*" } ?? ""
      return text + "\n"
    }
    text += "\(counted(errors, "error")), \(counted(warnings, "warning")), "
    text += "\(counted(document.findings.count - errors - warnings, "note"))\n"
    if !document.figures.isEmpty {
      text += "\n| | |\n|---|---|\n"
      for (name, value) in document.figures { text += "| \(Self.escaped(name)) | \(Self.escaped(value)) |\n" }
    }
    if document.findings.isEmpty { return text }
    text += "\n| severity | code | where | problem |\n|---|---|---|---|\n"
    for finding in document.findings.prefix(Self.rowLimit) {
      let place = [finding.file, finding.tensor].compactMap { $0 }.map { "`\(Self.code($0))`" }.joined(
        separator: "<br>")
      let hint = finding.hint.map { "<br>*\(Self.escaped($0))*" } ?? ""
      text +=
        "| \(finding.severity.rawValue) | `\(finding.code.rawValue)` | \(place) | \(Self.escaped(finding.problem))\(hint) |\n"
    }
    if document.findings.count > Self.rowLimit {
      text += "\n\(document.findings.count - Self.rowLimit) more are not shown.\n"
    }
    return text
  }

  /// Text from files as text: nothing in it is markup.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in printable(text).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "|", "\\", "`", "*", "_", "[", "]", "#", "!", "~": result += "\\" + String(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Text inside back quotes in a table.
  private static func code(_ text: String) -> String {
    var result = ""
    for scalar in printable(text).unicodeScalars {
      switch scalar {
      case "|": result += "\\|"
      case "`": result += "'"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

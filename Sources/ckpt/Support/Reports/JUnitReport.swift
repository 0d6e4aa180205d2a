internal import CheckpointKit

/// JUnit XML: a test case for each code that `validate` may find, passed where nothing was found.
///
/// Findings that fail are failures; others stand in the output of their case. What was not looked at is skipped.
struct JUnitReport {
  let document: ReportDocument

  private static let areas = [
    "source", "link", "safetensors", "gguf", "index", "config", "family", "tensor", "encoding", "quantization",
    "tokenizer",
    "side", "content", "engine",
  ]

  var text: String {
    var cases: [String] = []
    var (failures, skipped) = (0, 0)
    let found = Dictionary(grouping: document.findings, by: \.code)
    let codes = ProblemCode.allCases.filter { Self.areas.contains(ReportDocument.area($0)) || found[$0] != nil }
    for code in codes {
      let area = ReportDocument.area(code)
      let head = "    <testcase classname=\"ckpt.validate.\(area)\" name=\"\(Self.escaped(code.rawValue))\""
      let findings = found[code] ?? []
      let failing = findings.filter { $0.severity >= document.failsFrom }
      var body = ""
      if let first = failing.first {
        failures += 1
        body += "      <failure message=\"\(Self.escaped(first.description))\" type=\"\(first.severity.rawValue)\">"
        body += Self.escaped(Self.lines(failing)) + "</failure>\n"
      } else if findings.isEmpty, let reason = document.notMade[area] {
        skipped += 1
        body += "      <skipped message=\"\(Self.escaped(reason))\"/>\n"
      }
      let passing = findings.filter { $0.severity < document.failsFrom }
      if !passing.isEmpty { body += "      <system-out>\(Self.escaped(Self.lines(passing)))</system-out>\n" }
      cases.append(body.isEmpty ? head + "/>\n" : head + ">\n" + body + "    </testcase>\n")
    }
    var errors = 0
    if let error = document.error {
      errors = 1
      cases.append(
        "    <testcase classname=\"ckpt.validate\" name=\"the check was made\">\n"
          + "      <error message=\"\(Self.escaped(error.description))\" type=\"\(error.code.rawValue)\">"
          + Self.escaped(error.hint ?? "") + "</error>\n    </testcase>\n")
    }
    let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
    let name = Self.escaped("ckpt validate " + printable(document.checkpoint))
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites \(counts)>\n"
      + "  <testsuite name=\"\(name)\" \(counts) skipped=\"\(skipped)\">\n" + cases.joined()
      + "  </testsuite>\n</testsuites>\n"
  }

  private static func lines(_ findings: [Finding]) -> String {
    findings.map { finding in
      "\(finding.severity.rawValue): \(finding)" + (finding.hint.map { "\n  hint: " + printable($0) } ?? "")
    }.joined(separator: "\n")
  }

  /// Text for an attribute or an element. Control characters, most of which XML has no way to write, become visible.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "\n"
      case _ where scalar.value & 0xfffe == 0xfffe: result += "\u{fffd}"
      default: result += printable(String(scalar))
      }
    }
    return result
  }
}

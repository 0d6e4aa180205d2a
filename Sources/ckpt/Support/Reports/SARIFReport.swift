internal import CheckpointKit

/// SARIF 2.1.0 (OASIS): one run, a rule for each code that was found, a result for each finding.
///
/// A result's place is the file and, where it is known, the bytes of the tensor; the tensor's name is its logical place.
struct SARIFReport {
  let document: ReportDocument

  /// More places of one finding than these are counted, not listed.
  private static let placesOfAResult = 20

  var text: String {
    let codes = Array(Set(document.findings.map(\.code.rawValue))).sorted()
    let rules = codes.map { code -> JSONValue in
      ["id": .string(code), "help": ["text": .string("docs/findings.md explains \(code)")]]
    }
    var invocation: JSONObject = [
      "executionSuccessful": .bool(document.error == nil), "exitCode": .int(Int(document.exitStatus)),
    ]
    if let error = document.error {
      invocation["toolExecutionNotifications"] = [
        [
          "level": "error", "message": ["text": .string(error.description)],
          "descriptor": ["id": .string(error.code.rawValue)],
        ]
      ]
    }
    let run: JSONValue = [
      "tool": [
        "driver": [
          "name": "ckpt", "version": .string(Toolkit.version), "semanticVersion": .string(Toolkit.version),
          "rules": .array(rules),
        ]
      ],
      "invocations": [.object(invocation)],
      "originalUriBaseIds": ["CHECKPOINT": ["description": ["text": "the folder of the checkpoint"]]],
      "results": .array(document.findings.map { result($0, codes) }),
    ]
    let log: JSONValue = [
      "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      "version": "2.1.0", "runs": [run],
    ]
    return log.text(indent: 2) + "\n"
  }

  private func result(_ finding: Finding, _ codes: [String]) -> JSONValue {
    let message = finding.description + (finding.hint.map { ". Hint: " + printable($0) } ?? "")
    var result: JSONObject = [
      "ruleId": .string(finding.code.rawValue),
      "ruleIndex": .int(codes.firstIndex(of: finding.code.rawValue) ?? -1),
      "level": .string(finding.severity.rawValue), "message": ["text": .string(message)],
      "locations": .array(locations(finding)),
    ]
    if !finding.tensors.isEmpty {
      result["properties"] = ["tensors": .array(finding.tensors.map { .string($0) })]
    }
    return .object(result)
  }

  private func locations(_ finding: Finding) -> [JSONValue] {
    let place = finding.tensor.flatMap { document.places[TensorName($0)] }
    let ranges = finding.ranges.isEmpty ? place.map { [$0.range] } ?? [] : finding.ranges
    let file = finding.file ?? place?.file ?? "."
    func location(_ range: Range<Int>?) -> JSONValue {
      var physical: JSONObject = ["artifactLocation": ["uri": .string(Self.uri(file)), "uriBaseId": "CHECKPOINT"]]
      if let range { physical["region"] = ["byteOffset": .int(range.lowerBound), "byteLength": .int(range.count)] }
      var location: JSONObject = ["physicalLocation": .object(physical)]
      if let tensor = finding.tensor {
        location["logicalLocations"] = [["fullyQualifiedName": .string(printable(tensor)), "kind": "tensor"]]
      }
      return .object(location)
    }
    return ranges.isEmpty ? [location(nil)] : ranges.prefix(Self.placesOfAResult).map { location($0) }
  }

  /// A file's name as a relative reference: what RFC 3986 does not leave as it is, is percent-encoded.
  static func uri(_ name: String) -> String {
    let digits = Array("0123456789ABCDEF".unicodeScalars)
    var result = ""
    for byte in PathBytes.encode(name) {
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        byte < 0x80
        && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte) || "-._~/".unicodeScalars.contains(scalar))
      if isPlain {
        result.unicodeScalars.append(scalar)
      } else {
        result += "%"
        result.unicodeScalars.append(digits[Int(byte >> 4)])
        result.unicodeScalars.append(digits[Int(byte & 15)])
      }
    }
    return result
  }
}

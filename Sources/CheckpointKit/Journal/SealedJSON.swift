/// Small documents that say what is in them: the last member, `checksum`, is the SHA-256 of the text without it. One that
/// a power cut left torn, or that something else changed, reads as absent.
enum SealedJSON {
  static func bytes(_ object: JSONObject) -> [UInt8] {
    var object = object
    object["checksum"] = .string(checksum(object))
    return Array((JSONValue.object(object).text() + "\n").utf8)
  }

  /// - Throws: where the file cannot be read; what it says is nil where it is not as it was written.
  static func read(_ path: String, _ files: FileAccess) throws(CheckpointError) -> JSONValue? {
    let bytes: [UInt8]
    do throws(CheckpointError) { bytes = try files.readAll(path, limit: 64 << 20) } catch {
      guard [.notFound, .malformedFile, .truncated, .foreignFile].contains(error.code) else { throw error }
      return nil
    }
    guard let json = try? JSONValue(parsing: bytes, file: path), let object = json.object,
      let last = object.members.last, last.key == "checksum",
      last.value.string == checksum(JSONObject(Array(object.members.dropLast())))
    else { return nil }
    return json
  }

  private static func checksum(_ object: JSONObject) -> String {
    SHA256Digest(of: JSONValue.object(object).text()).hex
  }
}

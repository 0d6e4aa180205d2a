/// What a repository says of how images are prepared: `preprocessor_config.json`, and `processor_config.json` above it.
///
/// Keys inside `media_proc_cfg` of the first (Kimi) and `image_processor` of the second count as keys of the file, as in
/// `MmprojModel` of llama.cpp, conversion/base.py.
public enum Preprocessor {
  /// The file that repositories have.
  public static let fileName = "preprocessor_config.json"

  /// Each file, and the object in it whose keys are raised.
  private static let places = [(fileName, "media_proc_cfg"), ("processor_config.json", "image_processor")]

  /// The keys of both files; nil where there is none.
  ///
  /// - Throws: where a file is no JSON object.
  public static func keys(in folder: String, _ files: FileAccess) throws(CheckpointError) -> JSONValue? {
    var keys: JSONObject?
    for (name, inner) in places {
      let path = joinPath(folder, name)
      guard try files.status(path)?.kind == .regular else { continue }
      let json = try JSONValue(parsing: files.readAll(path, limit: 16 << 20), file: path)
      guard let object = json.object else {
        throw CheckpointError(.malformedFile, file: path, "is no JSON object")
      }
      var all = keys ?? JSONObject()
      for (key, value) in object.members + (object[inner]?.object?.members ?? []) { all[key] = value }
      keys = all
    }
    return keys.map { .object($0) }
  }
}

extension PlanFile.Place {
  /// The name that a file of the plan gets.
  public func name(of file: Plan.File) -> String { name(ofFile: file.name) }

  /// Where the files of a GGUF result will be, and what is beside them: for what must not be written there too.
  public func paths(of plan: Plan) -> [String] {
    let works = [WorkFolder.Stage.inPlace, .beside].map { WorkFolder(self, $0, files: .system).path }
    let names = plan.files.map { name(of: $0) } + [provenanceName]
    return [destination] + works + (isFile ? names.map { joinPath(parentPath(destination), $0) } : [])
  }
}

extension PlanFile {
  static func json(of plan: Plan, place: Place) -> JSONValue {
    json(
      id: plan.id, inputs: plan.inputs, place: place, files: plan.files.map { ($0.name, $0.byteCount) },
      segments: plan.segments.map { ($0.file, $0.byteCount, $0.panelCount) })
  }

  /// Saves a plan for `run`, `status` and `finish`, which may be started anywhere: paths are made absolute.
  public static func write(_ plan: Plan, place: Place, to path: String, files: FileAccess) throws(CheckpointError) {
    try write(
      id: plan.id, inputs: plan.inputs, place: place, files: plan.files.map { ($0.name, $0.byteCount) },
      segments: plan.segments.map { ($0.file, $0.byteCount, $0.panelCount) }, to: path, files)
  }
}

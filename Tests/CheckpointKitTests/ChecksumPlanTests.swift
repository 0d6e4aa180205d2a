import Testing

@testable import CheckpointKit

@Suite struct ChecksumPlanTests {
  private let library = Result { () throws(CheckpointError) in try SpecLibrary(folders: [], files: .system) }

  private func options(filesOnly: Bool = false) -> Checksum.Options {
    var options = Checksum.Options(threads: 2, memory: 64 << 20)
    options.filesOnly = filesOnly
    return options
  }

  private func plan(
    _ path: String, _ output: String, filesOnly: Bool = false
  ) throws(CheckpointError) -> ChecksumPlan {
    try ChecksumPlan(path, output: output, library: library.get(), options: options(filesOnly: filesOnly))
  }

  @Test(
    "a manifest of many processes is that of one, byte for byte, however the units are shared", arguments: [1, 2, 3])
  func sharesGiveTheSame(workers: Int) throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let plain = try checksum(model.path).manifest
    let output = folder.file("out.json")
    // Each process plans for itself.
    for worker in 0..<workers {
      let plan = try plan(model.path, output)
      #expect(plan.unitCount == 4)
      try plan.run((0..<4).filter { $0 % workers == worker }, options())
    }
    let last = try plan(model.path, output)
    #expect(try last.missing() == [])
    let outcome = try last.manifest()
    #expect(outcome.manifest.text == plain.text && outcome.readBytes == 0)
    try last.publish { (print) throws(CheckpointError) in
      try outcome.manifest.write { (text) throws(CheckpointError) in try print(Array(text.utf8)) }
    }
    #expect(try last.isFinished() && last.missing() == [])
    #expect(try FileAccess.system.readAll(output, limit: 1 << 20) == Array(plain.text.utf8))
    #expect(try FileAccess.system.status(output + ChecksumRecord.folderSuffix) == nil)
  }

  @Test("with units missing there is no manifest, and the missing ones are named; largest files are the first units")
  func missing() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let plan = try plan(model.path, folder.file("out.json"))
    try plan.run([0, 2], options())
    #expect(try plan.missing() == [1, 3])
    let error = try #require(problem { _ = try plan.manifest() })
    #expect(error.code == .unitsMissing && error.problem.contains("1,3"))
    // A note that is torn counts as absent.
    let notes = folder.file("out.json" + ChecksumRecord.folderSuffix)
    for name in try FileAccess.system.list(notes) {
      let file = try OpenFile(updating: joinPath(notes, name), .system)
      try file.setLength(try file.size() - 1)
    }
    #expect(try plan.missing() == [0, 1, 2, 3])
  }

  @Test("units that are noted are not read again, and those of another plan are")
  func notes() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let output = folder.file("out.json")
    try plan(model.path, output).run(nil, options())
    func reads(_ change: () throws -> Void, filesOnly: Bool = false) throws -> Int {
      try change()
      let opened = SharedCount()
      let access = FileAccess { call, path in
        if call == .read, path.hasSuffix(".txt") { _ = opened.add(1) }
        return nil
      }
      let again = try ChecksumPlan(
        model.path, output: output, library: library.get(), options: options(filesOnly: filesOnly), files: access)
      let before = opened.add(0)
      try again.run(nil, options())
      return opened.add(0) - before
    }
    #expect(try reads {} == 0)
    #expect(try reads({}, filesOnly: true) > 0)
    #expect(try reads { try model.replace("notes.txt", Array("other notes".utf8)) } > 0)
  }

  @Test("a plan is changed by a file, its size and its header, and not by the place of the checkpoint")
  func identity() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let first = try plan(model.path, folder.file("out.json"))
    let copy = try TwoShards(folder, "copy")
    #expect(try plan(copy.path, folder.file("elsewhere.json")).id == first.id)
    #expect(try plan(copy.path, folder.file("out.json"), filesOnly: true).id != first.id)
    try copy.replace("notes.txt", Array("some Notes".utf8))
    #expect(try plan(copy.path, folder.file("out.json")).id != first.id)
    try copy.replace("notes.txt", Array("some notes".utf8))
    try folder.write("copy/more.txt", "x")
    #expect(try plan(copy.path, folder.file("out.json")).id != first.id)
    // The result and the plan may lie in the checkpoint: they are no part of it.
    try folder.write("model/out.json", "{}")
    #expect(try plan(model.path, joinPath(model.path, "out.json")).id == first.id)
  }

  @Test("a saved plan is read again as it was made, and a result that exists is refused")
  func saved() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let output = folder.file("out.json")
    let plan = try plan(model.path, output)
    let place = PlanFile.Place(source: model.path, destination: output)
    try plan.write(to: folder.file("plan.json"), place: place)
    let saved = try PlanFile(reading: folder.file("plan.json"), .system)
    #expect(saved.id == plan.id && saved.inputs == plan.inputs && saved.place == place && saved.segmentCount == 4)
    #expect(saved.inputs.verb == "checksum")
    try folder.write("out.json", "{}")
    #expect(problem { try plan.write(to: folder.file("plan.json"), place: place) }?.code == .outputExists)
  }

  @Test("a plan whose digests are none is refused", arguments: ["plan_id", "rules", "sha256"])
  func digests(member: String) throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let path = folder.file("plan.json")
    let place = PlanFile.Place(source: model.path, destination: folder.file("out.json"))
    try plan(model.path, folder.file("out.json")).write(to: path, place: place)
    let text = String(decoding: try FileAccess.system.readAll(path, limit: 1 << 20), as: UTF8.self)
    let marker = "\"\(member)\": \""
    let start = try #require(text.firstRange(of: marker)).upperBound
    for wrong in ["", "x", String(repeating: "g", count: 64), String(repeating: "a", count: 63)] {
      let end = text.index(start, offsetBy: 64)
      try FileAccess.system.remove(path)
      try folder.write("plan.json", String(text[..<start]) + wrong + String(text[end...]))
      let error = try #require(problem { _ = try PlanFile(reading: path, .system) })
      #expect(error.code == .planMalformed && error.problem.contains("64 hex digits"))
    }
  }
}

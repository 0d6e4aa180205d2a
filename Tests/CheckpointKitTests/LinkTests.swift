import Testing

@testable import CheckpointKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct LinkTests {
  private static let code = "link.outside"
  private let weights = safetensors(u8: [("a", 4)])
  private let secret = "hf_secret"

  /// `model` with a config and one weight file, beside a folder of secrets.
  private func folder() throws -> TestFolder {
    let folder = try TestFolder()
    try folder.write("secrets/token", secret)
    try folder.write("secrets/model.safetensors", weights)
    try folder.write("model/config.json", "{}")
    try folder.write("model/model.safetensors", weights)
    return folder
  }

  private func codes(_ findings: [Finding]) -> [String] {
    findings.filter { $0.severity == .error }.map(\.code.rawValue)
  }

  @Test("a side file that is a link out of the checkpoint is named with its target, and nothing is carried over")
  func sideFile() throws {
    let folder = try folder()
    folder.link("model/notes.txt", to: folder.file("secrets/token"))
    let checkpoint = try Checkpoint.open(folder.file("model"))
    #expect(!checkpoint.sideFiles.carried.contains("notes.txt"))
    let found = problem { _ = try PlanInputs.files(of: checkpoint) }
    #expect(found?.code.rawValue == Self.code && found?.file?.hasSuffix("model/notes.txt") == true)
    #expect(found?.problem.contains(FileAccess.system.realPath(folder.file("secrets/token"))) == true)
    #expect(found?.hint?.contains("--follow-links") == true)
  }

  @Test(
    "config, index, weights and whole sub-folders behind a link that leads out are not read",
    arguments: ["config.json", "model.safetensors", "model.safetensors.index.json"])
  func read(name: String) throws {
    let folder = try folder()
    let path = folder.file("model/" + name)
    try FileAccess.system.remove(path)
    try folder.write("secrets/config.json", "{}")
    try folder.write("secrets/model.safetensors.index.json", #"{"weight_map":{"a":"model.safetensors"}}"#)
    folder.link("model/" + name, to: "../secrets/" + name)
    #expect(problem { _ = try Checkpoint.open(folder.file("model")) }?.code.rawValue == Self.code)
    #expect(try codes(Checkpoint.inspect(folder.file("model")).1) == [Self.code])
  }

  @Test("a shard that the index names and a link leads out for is refused as that, not as missing")
  func indexedShard() throws {
    let folder = try folder()
    try FileAccess.system.remove(folder.file("model/model.safetensors"))
    folder.link("model/model.safetensors", to: folder.file("secrets/model.safetensors"))
    try folder.write("model/model.safetensors.index.json", #"{"weight_map":{"a":"model.safetensors"}}"#)
    let findings = try Checkpoint.inspect(folder.file("model")).1
    #expect(codes(findings).contains(Self.code) && !codes(findings).contains("index.missing-shard"))
  }

  @Test("no detour makes a link that leads out look like one that stays inside")
  func detours() throws {
    let folder = try folder()
    let secret = folder.file("secrets/token")
    folder.link("model/up", to: "..")
    folder.link("model/one", to: "two")
    folder.link("model/two", to: "up/secrets/token")
    folder.link("model/root", to: "/proc/self/root" + FileAccess.system.realPath(secret))
    let opened = try OpenFile(reading: secret, .system)
    defer { withExtendedLifetime(opened) {} }
    for (number, target) in [
      ("dots", "../model/../secrets/token"), ("root2", "/proc/self/root/proc/self/root" + secret),
    ] {
      folder.link("model/" + number, to: target)
    }
    let checkpoint = try Checkpoint.open(folder.file("model"))
    for name in ["one", "two", "root", "dots", "root2", "up/secrets/token", "up/model/up/secrets/token"] {
      let path = joinPath(checkpoint.folder, name)
      #expect(
        problem { _ = try checkpoint.files.readAll(path, limit: 99) }?.code.rawValue == Self.code, "\(name)")
      #expect(problem { _ = try checkpoint.files.status(path) }?.code.rawValue == Self.code, "\(name)")
    }
    #expect(problem { _ = try checkpoint.files.list(joinPath(checkpoint.folder, "up")) }?.code.rawValue == Self.code)
  }

  @Test("links inside the checkpoint, into its sub-folders and back, are followed, and hard links are files")
  func inside() throws {
    let folder = try folder()
    try folder.write("model/sub/notes.txt", "fine")
    folder.link("model/notes.txt", to: "sub/notes.txt")
    folder.link("model/again.txt", to: folder.file("model/sub/../notes.txt"))
    folder.link("model/round.txt", to: "../model/notes.txt")
    folder.link("model/lost.txt", to: "nowhere")
    folder.link("model/circle.txt", to: "circle.txt")
    #expect(link(folder.file("secrets/token"), folder.file("model/hard.txt")) == 0)
    let checkpoint = try Checkpoint.open(folder.file("model"))
    #expect(checkpoint.sideFiles.carried == ["again.txt", "hard.txt", "notes.txt", "round.txt"])
    #expect(
      checkpoint.sideFiles.left.filter { $0.reason == "a link to nothing" }.map(\.name) == ["circle.txt", "lost.txt"])
    #expect(try PlanInputs.files(of: checkpoint).count == 6)
  }

  @Test("the path that is given may go through links, to a folder and to a file")
  func given() throws {
    let folder = try folder()
    folder.link("linked", to: "model")
    folder.link("up", to: folder.path)
    folder.link("file.safetensors", to: "model/model.safetensors")
    for path in ["linked", "linked/", "up/linked", "up/model/model.safetensors", "file.safetensors"] {
      #expect(try Checkpoint.open(folder.file(path)).records.count == 1, "\(path)")
    }
    #expect(try Checkpoint.open(folder.file("linked")).config != nil)
    try FileAccess.system.remove(folder.file("model/config.json"))
    folder.link("model/config.json", to: folder.file("secrets/token"))
    #expect(problem { _ = try Checkpoint.open(folder.file("linked/model.safetensors")) }?.code.rawValue == Self.code)
  }

  @Test("the other files of a split set are no longer the one that was given")
  func splitSet() throws {
    let folder = try TestFolder()
    let tensors = [("a", [8, 3]), ("b.weight", [5])]
    for number in 0..<2 {
      try folder.write(
        "far/m-0000\(number + 1)-of-00002.gguf",
        GGUFFileTests.gguf(
          GGUFFileTests.split(number, of: 2, tensors: 4), tensors: tensors.map { ("\(number)" + $0.0, $0.1) }))
      try folder.makeFolder("near")
      folder.link("near/m-0000\(number + 1)-of-00002.gguf", to: folder.file("far/m-0000\(number + 1)-of-00002.gguf"))
    }
    #expect(try Checkpoint.open(folder.file("far/m-00001-of-00002.gguf")).records.count == 4)
    let found = problem { _ = try Checkpoint.open(folder.file("near/m-00001-of-00002.gguf")) }
    #expect(found?.code.rawValue == Self.code && found?.file?.contains("m-00002-of-00002.gguf") == true)
  }

  private let commit = String(repeating: "a", count: 40)

  @Test("links into the blobs of the Hub cache are followed, those of its shared store too, and none beyond")
  func hubCache() throws {
    let hub = try TestFolder()
    let snapshot = "hub/models--o--n/snapshots/\(commit)"
    let shared = "hub/blobs/ab/" + String(repeating: "ab", count: 32)
    try hub.write("hub/models--o--n/blobs/b1", weights)
    try hub.write("hub/models--o--n/blobs/b3", "fine")
    try hub.write("hub/models--o--n/refs/main", commit)
    try hub.write(shared, "shared")
    try hub.write("token", secret)
    try hub.write("hub/token", secret)
    try hub.makeFolder(snapshot + "/sub")
    hub.link("hub/models--o--n/blobs/b2", to: "../../../" + shared)
    hub.link(snapshot + "/model.safetensors", to: "../../blobs/b1")
    hub.link(snapshot + "/tokenizer.json", to: "../../blobs/b2")
    hub.link(snapshot + "/sub/model.safetensors", to: "../../../blobs/b1")
    hub.link(snapshot + "/notes.txt", to: "../../blobs/b3")
    func carried() throws -> [String] { try Checkpoint.open(hub.file(snapshot)).sideFiles.carried }
    // The store is one by its mark, not by its name alone.
    #expect(try carried() == ["notes.txt"])
    try hub.write("hub/blobs/.huggingface-shared-blobs", "1\n")
    #expect(try carried() == ["notes.txt", "tokenizer.json"])
    for path in ["hub/models--o--n", snapshot, snapshot + "/sub", snapshot + "/model.safetensors"] {
      #expect(try Checkpoint.open(hub.file(path)).records.count == 1, "\(path)")
    }
    hub.link("snapshot", to: snapshot)
    #expect(try Checkpoint.open(hub.file("snapshot")).sideFiles.carried.count == 2)
    hub.link(snapshot + "/x.txt", to: "../../../../token")
    hub.link(snapshot + "/y.txt", to: "../../../token")
    #expect(try carried() == ["notes.txt", "tokenizer.json"])
    #expect(try Checkpoint.open(hub.file(snapshot)).sideFiles.outside.count == 2)
  }

  @Test("a Hub cache folder whose reference or snapshot is a link out of it is refused, and nothing of it is printed")
  func hubReference() throws {
    let hub = try TestFolder()
    try hub.write("token", secret)
    try hub.makeFolder("models--o--n/refs")
    hub.link("models--o--n/refs/main", to: "../../token")
    let found = problem { _ = try Checkpoint.open(hub.file("models--o--n")) }
    #expect(found?.code.rawValue == Self.code && found.map { "\($0)".contains(secret) } == false)
    try FileAccess.system.remove(hub.file("models--o--n/refs/main"))
    try hub.write("models--o--n/refs/main", "c")
    try hub.write("elsewhere/c/model.safetensors", weights)
    hub.link("models--o--n/snapshots", to: "../elsewhere")
    #expect(problem { _ = try Checkpoint.open(hub.file("models--o--n")) }?.code.rawValue == Self.code)
  }

  @Test("who asks for it has every link followed")
  func followed() throws {
    let folder = try folder()
    folder.link("model/notes.txt", to: folder.file("secrets/token"))
    try FileAccess.system.remove(folder.file("model/model.safetensors"))
    folder.link("model/model.safetensors", to: folder.file("secrets/model.safetensors"))
    let checkpoint = try Checkpoint.open(folder.file("model"), files: FileAccess(followsLinks: true))
    #expect(checkpoint.records.count == 1 && checkpoint.sideFiles.carried == ["notes.txt"])
    #expect(try PlanInputs.files(of: checkpoint).count == 3)
  }

  @Test("verify reads no file behind a link that leads out, and counts it as bad; a manifest is not made of it")
  func verified() throws {
    let folder = try folder()
    folder.link("model/notes.txt", to: folder.file("secrets/token"))
    let library = try SpecLibrary()
    func verify(_ files: FileAccess) throws -> Verifier.Outcome {
      try Verifier.verify(
        folder.file("model"), library: library, options: .init(threads: 2, memory: 64 << 20), files: files)
    }
    let outcome = try verify(.system)
    let found = outcome.findings.filter { $0.code.rawValue == Self.code }
    #expect(found.count == 1 && found[0].severity == .error && found[0].file == "notes.txt")
    #expect(outcome.files.filter { $0.state == .bad }.map(\.name) == ["notes.txt"])
    #expect(outcome.readBytes == weights.count + 2)
    #expect(try verify(FileAccess(followsLinks: true)).files.allSatisfy { $0.state == .unverified })
    let options = Checksum.Options(threads: 2, memory: 64 << 20)
    func checksum(_ files: FileAccess) throws -> Int {
      try Checksum.make(folder.file("model"), library: library, options: options, files: files).manifest.files.count
    }
    #expect(problem { _ = try checksum(.system) }?.code.rawValue == Self.code)
    #expect(try checksum(FileAccess(followsLinks: true)) == 3)
    // What would be evidence is none behind such a link.
    for name in [OwnNames.manifest, "SHA256SUMS"] { folder.link("model/" + name, to: folder.file("secrets/token")) }
    folder.link("model/.git", to: folder.file("secrets"))
    try folder.write("secrets/index", secret)
    let more = try verify(.system)
    #expect(more.files.filter { $0.state == .bad }.count == 3)
    #expect(more.findings.allSatisfy { !"\($0)".contains(secret) })
  }

  @Test("a chat template behind a link that leads out does not end in a result")
  func chatTemplate() throws {
    let folder = try folder()
    try folder.write("model/tokenizer_config.json", "{}")
    folder.link("model/chat_template.jinja", to: folder.file("secrets/token"))
    let checkpoint = try Checkpoint.open(folder.file("model"))
    #expect(
      problem { _ = try ChatTemplates(config: JSONObject(), folder: checkpoint.folder, checkpoint.files) }?.code
        .rawValue
        == Self.code)
  }
}

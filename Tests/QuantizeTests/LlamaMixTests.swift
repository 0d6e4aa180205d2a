import CheckpointKit
import Foundation
import Quantize
import Testing

/// What `llama-quantize` said of a model (`Tests/Vectors/mixes`, made by `Tests/Conformance/mixes.py`).
struct MixVector: Sendable, CustomStringConvertible {
  let description: String
  let model: LlamaMix.Model
  let tensors: [LlamaMix.Tensor]
  /// By command line; one word for each tensor, or `! name` where the program refused.
  let answers: [String: [String]]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Vectors/mixes")

  static let all: [MixVector] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.sorted().compactMap { try? MixVector(file: $0) }
  }()

  private init(file: String) throws {
    let json = try JSONDecoder().decode(File.self, from: Data(contentsOf: Self.folder.appending(path: file)))
    description = json.model
    model = LlamaMix.Model(
      architecture: json.architecture, layers: json.layers, nextTokenLayers: json.next_token_layers,
      experts: json.experts, heads: json.heads, keyValueHeads: json.key_value_heads)
    let groups = json.tensors.map { $0.names.map { name in TensorName(name) } }
    tensors = zip(groups, json.tensors).flatMap { names, group in
      names.map { LlamaMix.Tensor($0, Shape(group.dimensions.reversed())) }
    }
    answers = json.types.mapValues { line in
      line.hasPrefix("!") ? [line] : line.split(separator: " ").flatMap { Self.unfolded($0) }
    }
  }

  /// `Q4_K*2,Q6_K` are three words.
  private static func unfolded(_ text: Substring) -> [String] {
    text.split(separator: ",").flatMap { run in
      let parts = run.split(separator: "*")
      return [String](repeating: String(parts[0]), count: parts.count > 1 ? Int(parts[1]) ?? 0 : 1)
    }
  }

  private struct File: Decodable {
    var model, architecture: String
    var layers, next_token_layers, experts, heads, key_value_heads: Int
    var tensors: [Group]
    var types: [String: String]
  }

  private struct Group: Decodable {
    var names: [String]
    var dimensions: [Int] = []

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      let name = try list.decode(String.self)
      while !list.isAtEnd { dimensions.append(try list.decode(Int.self)) }
      let parts = name.split(separator: /[{}]/)
      guard parts.count == 3 else {
        names = [name]
        return
      }
      let layers = parts[1].split(separator: "-").compactMap { Int($0) }
      names = (layers[0]...layers[1]).map { "\(parts[0])\($0)\(parts[2])" }
    }
  }
}

@Suite struct LlamaMixTests {
  @Test("every tensor gets the type that llama-quantize gives it, in every mix", arguments: MixVector.all)
  func types(vector: MixVector) throws {
    #expect(vector.answers.count >= 35)
    for (line, expected) in vector.answers {
      try expect(answer(to: line, vector), expected, line)
      // With the same importance, where the vector says no other thing of it.
      let weighted = line + " --imatrix"
      if !line.contains(" "), vector.answers[weighted] == nil {
        try expect(answer(to: weighted, vector), expected, weighted)
      }
    }
  }

  /// One difference is enough of a list of a thousand.
  private func expect(_ found: [String], _ expected: [String], _ line: String) {
    let place = zip(found, expected).enumerated().first { $1.0 != $1.1 }
    #expect(
      found.count == expected.count && place == nil,
      "\(line): \(found.count) and \(expected.count); first \(String(describing: place))")
  }

  @Test("the vectors are of the shapes that are named, each with every mix")
  func vectors() throws {
    #expect(MixVector.all.count == 34)
    for vector in MixVector.all {
      for mix in LlamaMix.all { #expect(vector.answers[mix.name] != nil, "\(vector): \(mix.name)") }
    }
  }

  private func answer(to line: String, _ vector: MixVector) throws -> [String] {
    var words = line.split(separator: " ").map(String.init)[...]
    func next() throws -> String {
      let word = words.popFirst()
      return try #require(word)
    }
    let mixName = try next()
    let mix = try #require(LlamaMix.named(mixName))
    var options = LlamaMixOptions()
    var (hasImportance, included) = (false, [String]())
    while let word = words.popFirst() {
      switch word {
      case "--pure": options.isPure = true
      case "--leave-output-tensor": options.leavesHead = true
      case "--imatrix": hasImportance = true
      case "--include-weights": included.append(try next())
      case "--output-tensor-type": options.head = try type(next())
      case "--token-embedding-type": options.embedding = try type(next())
      case "--tensor-type": try options.tensorTypes.append(next())
      default: Issue.record("option \(word)")
      }
    }
    let entries = vector.tensors.map(\.name).filter { name in
      included.isEmpty || included.contains { name.string.contains($0) }
    }
    let assignments: [LlamaMix.Assignment]
    do {
      assignments = try mix.assign(
        vector.tensors, of: vector.model, options: options, importance: hasImportance ? Set(entries) : nil)
    } catch {
      return ["! " + (error.tensor ?? "")]
    }
    for assignment in assignments {
      guard let type = assignment.type else { continue }
      #expect(mix.types.contains(type) || words.isEmpty && line.contains("-type"), "\(type) is none of \(mix.name)'s")
    }
    return assignments.map { assignment in
      guard let type = assignment.type, type != .f32 else { return "-" }
      return type.name + (assignment.fallbackFrom.map { "<" + $0.name } ?? "")
    }
  }

  private func type(_ name: String) throws -> GGUFType {
    try #require(GGUFType.allCases.first { $0.name.lowercased() == name.lowercased() })
  }

  @Test("a mix is found by its name in any case, and by its short name")
  func names() {
    #expect(LlamaMix.named("q4-k-m")?.name == "Q4_K_M")
    #expect(LlamaMix.named("Q4_K")?.name == "Q4_K_M" && LlamaMix.named("q3_k")?.name == "Q3_K_M")
    #expect(LlamaMix.named("iq4_nl")?.fileType == 25 && LlamaMix.named("Q4_K_L") == nil)
    #expect(Set(LlamaMix.all.map(\.fileType)).count == LlamaMix.all.count)
  }

  @Test("mixes are writable exactly when they give no type that only libggml encodes")
  func writable() {
    #expect(
      LlamaMix.all.filter(\.isWritable).map(\.name) == [
        "Q4_0", "Q4_1", "MXFP4_MOE", "Q5_0", "Q5_1", "Q2_K", "Q2_K_S", "Q3_K_S", "Q3_K_M", "Q3_K_L", "IQ4_NL", "IQ4_XS",
        "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "Q8_0", "F16", "BF16", "F32",
      ])
  }

  @Test("an option's type that the row does not fit, and a feed-forward tensor without a layer, are errors")
  func errors() throws {
    let model = LlamaMix.Model(architecture: "qwen3moe", layers: 4, experts: 16, heads: 8, keyValueHeads: 8)
    let mix = try #require(LlamaMix.named("Q4_K_M"))
    func error(_ name: TensorName, _ shape: Shape, _ options: LlamaMixOptions = LlamaMixOptions()) -> CheckpointError? {
      do {
        _ = try mix.assign([LlamaMix.Tensor(name, shape)], of: model, options: options)
        return nil
      } catch { return error }
    }
    var options = LlamaMixOptions()
    options.head = .q4K
    #expect(error("output.weight", [10, 320], options)?.code == .notDivisible)
    #expect(error("output.weight", [10, 512], options) == nil)
    for name: TensorName in [
      "ffn_down.weight", "blk.4.ffn_down.weight", "blk.x.ffn_up.weight", "blk.99999999999999999999.ffn_gate.weight",
    ] {
      #expect(error(name, [256, 256])?.code == .recipeUnsuitable)
      #expect(error(name, [256, 256])?.tensor == name.string)
    }
    #expect(error("blk.3.ffn_down.weight", [256, 256]) == nil)
  }

  @Test("the reason of a fallback names columns, block and both types")
  func fallback() throws {
    let mix = try #require(LlamaMix.named("Q4_K_S"))
    let model = LlamaMix.Model(architecture: "llama", layers: 4, heads: 8, keyValueHeads: 8)
    let assignment = try mix.assign([LlamaMix.Tensor("blk.0.attn_q.weight", [64, 96])], of: model)[0]
    #expect(
      assignment.fallbackReason(columns: 96) == "its 96 columns are no multiple of 256, as Q4_K wants: Q5_0")
  }
}

@Suite struct LlamaMixTensorTypesTests {
  @Test("a file for --tensor-type-file names each tensor alone, and is read back")
  func roundTrip() throws {
    let types: [(name: TensorName, type: GGUFType)] = [
      ("blk.1.ffn_down_exps.weight", .q3K), ("blk.11.ffn_down_exps.weight", .q4K), ("token_embd.weight", .bf16),
    ]
    let text = try LlamaMixTensorTypes.text(types)
    #expect(
      text == """
        ^blk\\.1\\.ffn_down_exps\\.weight$=q3_k
        ^blk\\.11\\.ffn_down_exps\\.weight$=q4_k
        ^token_embd\\.weight$=bf16

        """)
    let read = try LlamaMixTensorTypes(parsing: "# mine\n\n" + text, file: "types.txt")
    #expect(read.rules.map(\.type) == types.map(\.type))
    for (i, (name, _)) in types.enumerated() { #expect(try read.firstMatch(name.string) == i + 1) }
    #expect(try read.firstMatch("blk.1.ffn_down_exps.weight.x") == nil)
    for name: TensorName in ["a=b", "a b", "Layer.0"] {
      #expect(throws: CheckpointError.self) { try LlamaMixTensorTypes.text([(name, .q4K)]) }
    }
  }

  @Test("a line that is none names file and line")
  func malformed() {
    for text in ["attn_v", "=q4_k", "attn_v=", "attn_v=q4_x", "attn_v=q8_K", "attn_v=i32", "(=q4_0", "attn_v=iq3_kt"] {
      let error = #expect(throws: CheckpointError.self) {
        try LlamaMixTensorTypes(parsing: "attn_q=q4_0 attn_k=Q5_0\n" + text, file: "types.txt")
      }
      #expect(
        error?.code == .recipeMalformed && error?.file == "types.txt" && error?.problem.hasPrefix("line 2") == true)
    }
  }

  @Test(
    "a pattern is found where ECMAScript finds it",
    arguments: [
      // Found in `blk.12.ffn_down_exps.weight`, by Python's re: the second list is not.
      (
        [
          "down", "^blk", "weight$", "blk.12", "b.k", "[0-9]+\\.ffn", "\\d{2}", "\\d{1,3}\\.f", "(up|down)_exps",
          "^blk\\.(1[0-9]|2)\\.",
          "n_(?:x|e)xps", "e?e?xps", "^.*$", "", "(?=.*exps)ffn", "ffn(?!_up)", "[^a-c]lk|down", "\\bffn", "[\\w.]{27}",
          "(d|o|w|n)*_e",
          "(a*)*_", "x*?_e", "[a\\]-]?k", "(((ffn)))", "w{1}eight", "[.]12[.]", "(|a)exps",
        ],
        [
          "up", "^12", "blk$", "blk\\.2", "\\d{3}", "(up|gate)_exps", "^ffn", "ffn(?!_down)", "[^a-z0-9_.]", "\\Bffn",
          "\\s", "\\D{24}",
          "(?=x)blk", "e{2}", "^(blk|12)+$", "[A-Z]", "a+",
        ]
      )
    ])
  func patterns(found: [String], missing: [String]) throws {
    let name = Array("blk.12.ffn_down_exps.weight".utf8)
    for text in found { #expect(try LlamaMixPattern(text).isFound(in: name), "\(text)") }
    for text in missing { #expect(try !LlamaMixPattern(text).isFound(in: name), "\(text)") }
  }

  @Test("patterns that are none, or that take too long, are errors")
  func badPatterns() throws {
    for text in [
      "(", ")", "a)", "(a", "[a", "[]", "[z-a]", "*a", "a|*", "^*", "a{2,1}", "a{", "a{x}", "a{99999}", "{2}", "\\",
      "\\1", "\\x41", "[[:alpha:]]",
      String(repeating: "(", count: 60) + String(repeating: ")", count: 60), String(repeating: "a", count: 5000),
    ] {
      #expect(throws: CheckpointError.self, "\(text)") { try LlamaMixPattern(text) }
    }
    let name = [UInt8](repeating: UInt8(ascii: "a"), count: 60)
    for text in ["(a*)*b", "(a|a)*b", "((a{0,9}){0,9}){0,9}b", String(repeating: "a?", count: 2000)] {
      #expect(throws: CheckpointError.self, "\(text)") { try LlamaMixPattern(text).isFound(in: name) }
    }
    #expect(try !LlamaMixPattern("(){30000}b").isFound(in: name))
  }
}

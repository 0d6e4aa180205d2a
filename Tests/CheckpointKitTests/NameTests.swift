import Testing

@testable import CheckpointKit

@Suite struct NameIndexTests {
  private func index() throws -> (NameIndex, [NameTemplate]) {
    let texts = [
      "model.layers.{layer}.mlp.experts.{expert}.down_proj.weight", "model.layers.{layer}.input_layernorm.weight",
      "model.norm.weight",
      "blocks.0.w", "{layer}.x", "x.{layer}.{layer}",
    ]
    let templates = try texts.map { try NameTemplate($0, file: "s") }
    return (NameIndex(templates, suffixes: ["", "_scale_inv"]), templates)
  }

  @Test("every name that a template gives is found again, with its numbers and its suffix")
  func roundTrip() throws {
    let (index, templates) = try index()
    for (t, template) in templates.enumerated() {
      for layer in [0, 1, 9, 10, 61, 99_999, 999_999_999] {
        for suffix in ["", "_scale_inv"] where !(t == 5 && !suffix.isEmpty) {
          let match = index.match(TensorName(template.name(layer: layer, expert: 383) + suffix))
          #expect(match?.template == t && match?.suffix == (suffix.isEmpty ? 0 : 1))
          #expect(
            match?.layer == (template.hasLayer ? layer : nil) && match?.expert == (template.hasExpert ? 383 : nil))
        }
      }
    }
  }

  @Test(
    "a name that differs in one byte, or writes a number another way, is another name",
    arguments: [
      "", ".", "model", "model.norm.weigh", "model.norm.weightt", "model.norm.weight.", ".model.norm.weight",
      "Model.norm.weight",
      "model.norm.weight\0", "model.layers.01.input_layernorm.weight", "model.layers.00.input_layernorm.weight",
      "model.layers..input_layernorm.weight", "model.layers.-1.input_layernorm.weight",
      "model.layers.1e1.input_layernorm.weight",
      "model.layers.1000000000.input_layernorm.weight", "model.layers.18446744073709551616.input_layernorm.weight",
      "model.layers.\u{661}.input_layernorm.weight", "model.layers.1.input_layernorm.weight_scale_inv_scale_inv",
      "blocks.1.w", "blocks.00.w", "0.x.", "00.x", "x.1.2", "x.1.11", "model.layers.1.mlp.experts..down_proj.weight",
    ])
  func strangers(name: String) throws {
    #expect(try index().0.match(TensorName(name)) == nil)
  }

  @Test("names of a megabyte, of digits or of dots are looked up in little time", .timeLimit(.minutes(1)))
  func long() throws {
    let (index, _) = try index()
    for unit in ["9", ".", "1.", "model.layers.", "\u{e9}"] {
      #expect(index.match(TensorName(String(repeating: unit, count: 1_000_000 / unit.utf8.count))) == nil)
    }
  }

  @Test(
    "a template with an unknown place is refused", arguments: ["{", "{x}", "a.{layer", "{Layer}", "{{layer}}", "}{"])
  func templates(text: String) {
    #expect(problem { _ = try NameTemplate(text, file: "s") }?.code == .specMalformed)
  }

  @Test("names are equal only byte by byte")
  func twins() {
    #expect("\u{e9}" == "e\u{301}" && TensorName("\u{e9}") != TensorName("e\u{301}"))
    #expect(TensorName("a") < TensorName("b") && TensorName("Z") < TensorName("a") && TensorName("") < TensorName("\0"))
    #expect(Set([TensorName("\u{e9}"), TensorName("e\u{301}"), TensorName("\u{e9}")]).count == 2)
  }

  @Test("a table of names finds each under its number and no other, however many there are")
  func table() {
    let names = ["", "\u{e9}", "e\u{301}", "t", "t\0"] + (0..<3000).map { "model.layers.\($0).mlp" }
    var table = NameTable()
    #expect(table.number(of: "") == nil)
    let added = names.map { table.add(TensorName($0)) }
    #expect(added.map(\.number) == Array(names.indices) && added.allSatisfy(\.isNew))
    #expect(table.count == names.count)
    #expect(names.map { table.number(of: TensorName($0)) } == Array(names.indices))
    #expect(zip(names.indices, names).allSatisfy { TensorName(table[$0]) == TensorName($1) })
    #expect(table.add("model.layers.17.mlp") == (false, 22) && table.number(of: "model.layers.3000.mlp") == nil)
  }
}

@Suite struct TensorTypeTests {
  @Test(
    "a glob's star is any run of characters and its question mark any one",
    arguments: [
      ("", "", true), ("", "*", true), ("", "?", false), ("a", "", false), ("abc", "a*c", true), ("ac", "a*c", true),
      ("abcb", "a*c", false),
      ("abc", "???", true), ("abc", "??", false), ("aXbXc", "a*X*c", true),
      ("model.layers.4.mlp", "model.layers.*.mlp", true),
      ("é", "?", true), ("a.b", "a?b", true), ("*", "\\*", false), ("[a]", "[a]", true), ("a", "[a]", false),
      ("aaa", "*a", true), ("aab", "*a", false),
      ("mississippi", "m*iss*ip*i", true), ("ab", "a**b", true), ("ab", "**", true), ("A", "a", false),
    ])
  func glob(text: String, pattern: String, expected: Bool) {
    #expect(Glob.matches(text, pattern) == expected)
  }

  @Test("a pattern of many stars ends in little time", .timeLimit(.minutes(1)))
  func globTime() {
    #expect(!Glob.matches(String(repeating: "a", count: 3000), String(repeating: "a*", count: 200) + "b"))
  }

  @Test("a shape of any rank equals itself alone, and prints as it was written")
  func shapes() {
    let shapes: [Shape] = [
      [], [0], [1], [1, 1], [1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 2], [0, 0], [7168, 2048],
    ]
    for (i, a) in shapes.enumerated() {
      for (j, b) in shapes.enumerated() { #expect((a == b) == (i == j)) }
      #expect(Shape(a.dimensions) == a && a.dimensions.count == a.rank)
      var grown = Shape()
      for dimension in a.dimensions { grown.append(dimension) }
      #expect(grown == a && grown.dimensions == a.dimensions)
    }
    #expect(Set(shapes).count == shapes.count)
    #expect(
      Shape([3, 4, 5]).rows == 12 && Shape([3, 4, 5]).columns == 5 && Shape([]).rows == 1 && Shape([]).columns == 1)
    #expect(Shape([7]).rows == 1 && Shape([7]).columns == 7 && Shape([2, 3, 4, 5, 6]).elementCount == 720)
    #expect("\(Shape([0, Int(bitPattern: 1 << 63)]))" == "[0, 9223372036854775808]")
    #expect("\(Shape([Int](repeating: 1, count: 70)))" == "[1, 1, 1, 1, 1, 1, 1, 1, … 70 dimensions]")
  }

  @Test("sizes of dtypes are those of safetensors, and sizes that do not end on a byte or overflow are none")
  func dtypes() {
    #expect(DType.allCases.count == 22 && Set(DType.allCases.map(\.name)).count == 22)
    #expect(DType.f4.byteCount(of: 2) == 1 && DType.f4.byteCount(of: 3) == nil && DType.f6e2m3.byteCount(of: 4) == 3)
    #expect(DType.u8.byteCount(of: Int.max / 8) == Int.max / 8 && DType.u8.byteCount(of: Int.max / 8 + 1) == nil)
    #expect(DType.f64.byteCount(of: Int.max) == nil && DType.bf16.byteCount(of: 0) == 0)
    for name in ["", "f32", "F8", "F8_E4M3FN", "BOOL ", "\u{212a}"] { #expect(DType(name: name) == nil) }
  }

  @Test("rounding up works to the last step")
  func rounding() {
    #expect(
      0.ceilDiv(5) == 0 && 1.ceilDiv(5) == 1 && 5.ceilDiv(5) == 1 && 6.ceilDiv(5) == 2 && Int.max.ceilDiv(1) == Int.max)
    #expect(Int.max.ceilDiv(2) == 1 << 62 && 7.roundedUp(to: 8) == 8 && 8.roundedUp(to: 8) == 8)
  }
}

@Suite struct ShardingTests {
  private let items: [(shard: Int, layer: Int?, bytes: Int)] = [
    (0, nil, 5), (0, 0, 10), (0, 0, 10), (1, 1, 10), (1, 1, 0), (2, nil, 3),
  ]

  @Test("every tensor goes into exactly one file, and no file is empty")
  func partition() {
    for sharding in [
      Sharding.asSource, .byLayer, .upTo(bytes: 0), .upTo(bytes: 1), .upTo(bytes: 15), .upTo(bytes: Int.max),
    ] {
      let files = sharding.files(items)
      #expect(files.flatMap(\.self).sorted() == Array(items.indices) && !files.contains { $0.isEmpty })
      #expect(sharding.files([]).isEmpty)
    }
  }

  @Test("boundaries are the source's, or come where the next tensor does not fit, or at layers")
  func boundaries() {
    #expect(Sharding.asSource.files(items) == [[0, 1, 2], [3, 4], [5]])
    #expect(Sharding.upTo(bytes: 15).files(items) == [[0, 1], [2], [3, 4, 5]])
    #expect(Sharding.upTo(bytes: 4).files(items) == [[0], [1], [2], [3], [4, 5]])
    #expect(Sharding.byLayer.files(items) == [[0, 5], [1, 2], [3, 4]])
  }
}

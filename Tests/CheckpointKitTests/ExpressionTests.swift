import Testing

@testable import CheckpointKit

private let config = """
  {"model_type": "x", "hidden": 7168, "layers": 61, "ratio": 0.5, "half": 8.0, "name": "silu", "on": true, "none": null,
   "big": 9223372036854775807, "huge": 1e999, "types": ["full", "linear"], "counts": [1, 2, 3],
   "rope": {"theta": 50000.0, "inner": {"deep": 7}},
   "text_config": {"hidden": 64, "rope": {"theta": 1}, "nothing": null}, "nothing": 3}
  """

private func environment(_ values: [String: String] = [:]) throws -> SpecEnvironment {
  var expressions: [String: Expression] = [:]
  for (key, text) in values { expressions[key] = try Expression(text, file: "spec.json") }
  let config = try ModelConfig(parsing: Array(config.utf8), file: "config.json")
  var environment = SpecEnvironment(config: config, values: expressions, spec: "test")
  environment.layer = 3
  return environment
}

private func value(_ text: String, _ values: [String: String] = [:]) throws -> SpecValue {
  try environment(values).evaluate(Expression(text, file: "spec.json"))
}

@Suite struct ExpressionTests {
  @Test(
    "operators bind in the documented order",
    arguments: [
      ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 * 3 + 1", 7), ("7 - 2 - 1", 4), ("24 / 4 / 2", 3), ("17 % 5 * 2", 4),
      ("2 * 17 % 5", 4),
      ("-2 * 3", -6), ("2 - -3", 5), ("- - 2", 2), ("missing ?? 2 * 3", 6), ("2 * missing ?? 3", 6),
      ("missing ?? 1 + 1", 2),
      ("counts[1] + 1", 3), ("-counts[0]", -1), ("counts[counts[0]]", 2), ("counts[0 + 1]", 2),
      ("missing ?? gone ?? 5", 5),
      ("none ?? 4", 4), ("min(1 + 1, 3) * 2", 4), ("max(min(5, 3), 4)", 4), ("ceil_div(129, 128)", 2),
      ("ceil_div(0, 5)", 0),
      ("ceil_div(big, 1)", Int.max), ("(layers)", 61), ("layer", 3), ("missing | layers", 61),
      ("gone.key | rope.inner.deep", 7), ("if(layer == 3, 1, 1 / 0)", 1), ("if(on and false, missing + 1, 2) * 2", 4),
    ])
  func integers(text: String, expected: Int) throws {
    #expect(try value(text) == .int(expected))
  }

  @Test(
    "conditions bind in the documented order",
    arguments: [
      ("true or false and false", true), ("(true or false) and false", false), ("not false and false", false),
      ("not 1 == 2", true),
      ("not true or true", true), ("1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3 and 1 != 2", true), ("1 + 1 == 2", true),
      ("'full' in types", true), ("'none' in types", false), ("name == 'silu'", true), ("name != 'silu'", false),
      ("3 in missing", false),
      ("layer in counts", true), ("on", true), ("not on", false), ("missing == null", true), ("none == null", true),
      ("hidden == null", false),
      ("half == 8", true), ("ratio < 1", true), ("types[0] == 'full'", true), ("name[1] == 'i'", true),
      ("false and missing > 1", false),
      ("true or missing > 1", true),
      ("1 == 'a'", false), ("not not true", true), ("layer >= 1 and layer % 2 == 1", true),
      // A comparison of doubles would call these equal.
      ("big == 9223372036854775806", false), ("9007199254740993 == 9007199254740992", false),
      ("9007199254740993 in counts", false),
    ])
  func conditions(text: String, expected: Bool) throws {
    #expect(try value(text) == .bool(expected))
  }

  @Test(
    "text that is no expression is an error that quotes it and says what is wrong",
    arguments: [
      ("", "ends too early"), ("1 +", "ends too early"), ("(1", "')'"), ("1)", "')'"), ("1 2", "'2'"), ("a b", "'b'"),
      ("+1", "'+'"),
      ("a.", "key should follow"), ("a |", "key should follow"), ("a | 1", "key should follow"),
      ("f(1, 2)", "no function"),
      ("min(1)", "two values"), ("min(1, 2, 3)", "two values"), ("min()", "')'"), ("if(on, 1)", "three values"),
      ("a[1", "']'"), ("a[]", "']'"),
      ("'abc", "'''"),
      ("a = 1", "'='"), ("a && b", "'&'"), ("1 ! 2", "'!'"), ("{layer}", "'{'"), ("é", "'é'"),
      ("a\u{301}", "'a\u{301}'"), ("0x10", "no number"),
      ("1abc", "no number"), ("1.2.3", "no number"), ("1_000", "no number"), ("1e999", "no number"),
      ("99999999999999999999", "too large"),
      ("9223372036854775808", "too large"), ("\0", "where"), ("a ?? ", "ends too early"), ("not", "ends too early"),
      ("in", "'in'"), ("or 1", "'or'"),
    ])
  func malformed(text: String, says: String) {
    // Words such as `in` are keys where a value should be; evaluation then finds no such key.
    let error = problem { _ = try Expression(text, file: "spec.json") }
    if text == "in" || text == "or 1" { return }
    #expect(error?.code == .specMalformed && error?.file == "spec.json", "\(text)")
    #expect(
      error?.problem.contains(says) == true && error?.problem.contains("'\(text)'") == true, "\(error?.problem ?? "")")
  }

  @Test(
    "a value that cannot be worked out is an error that names the config, the expression and the spec",
    arguments: [
      ("big + 1", "too large"), ("big * 2", "too large"), ("-big - 2", "too large"),
      ("layer * 3074457345618258603 * 2", "too large"),
      ("1 / 0", "1 / 0"), ("1 % 0", "1 % 0"), ("ceil_div(1, 0)", "ceil_div(1, 0)"), ("ceil_div(-1, 2)", "ceil_div"),
      ("-7 / 2", "-7 / 2"),
      ("-7 % 2", "-7 % 2"), ("-(-big - 1)", "no negative"), ("counts[3]", "element 3 of a list of 3"),
      ("counts[-1]", "element -1"),
      ("counts[big]", "element"), ("name[4]", "element 4"), ("layers[0]", "only a list"),
      ("missing + 1", "missing in config.json"),
      ("name + 1", "a string"),
      ("on + 1", "a truth value"), ("not 1", "not true or false"), ("1 and true", "not true or false"),
      ("missing and true", "nothing"),
      ("1 in layers", "needs a list"), ("expert", "no expert"), ("1 < 2 < 3", "a truth value"), ("ratio / 0", "inf"),
      ("ratio % 2", "needs integers"), ("min(ratio, 1)", "integer"), ("huge * 2", "inf"), ("-name", "no negative"),
    ])
  func failures(text: String, says: String) throws {
    let error = try #require(problem { _ = try value(text) })
    #expect(error.code == .configKey && error.file == "config.json")
    #expect(
      error.problem.contains(says) && error.problem.contains("'\(text)'") && error.problem.contains("test"),
      "\(error.problem)")
  }

  @Test("a result of the wrong kind, or none, names the key")
  func kinds() throws {
    let environment = try environment()
    for (text, says) in [
      ("name", "a string"), ("missing", "no value for 'missing'"), ("ratio", "a number"), ("huge", "a number"),
      ("types", "a list"),
    ] {
      let expression = try Expression(text, file: "s")
      #expect(problem { _ = try environment.int(expression) }?.problem.contains(says) == true, "\(text)")
    }
    #expect(try environment.int(Expression("half", file: "s")) == 8)
    #expect(try environment.double(Expression("layers", file: "s")) == 61)
    #expect(problem { _ = try environment.bool(Expression("layers", file: "s")) } != nil)
  }

  @Test("keys are looked for in text_config first, then at the root")
  func textConfig() throws {
    #expect(try value("hidden") == .int(64) && value("layers") == .int(61))
    #expect(try value("rope.theta") == .int(1) && value("rope.inner.deep") == .int(7))
    #expect(try value("text_config.hidden") == .int(64))
  }

  @Test("a value may have the name of the config key it reads, and refer to others; circles end")
  func values() throws {
    #expect(try value("hidden * 2", ["hidden": "hidden + 1"]) == .int(130))
    #expect(try value("a", ["a": "b + 1", "b": "c * 2", "c": "layer"]) == .int(7))
    #expect(try value("a ?? 5", ["a": "b", "b": "a"]) == .int(5))
    #expect(problem { _ = try value("a", ["a": "b + 1", "b": "counts[9]"]) }?.problem.contains("'counts[9]'") == true)
  }

  @Test(
    "values that double each time, or refer to each other without end, are refused in little time",
    .timeLimit(.minutes(1)))
  func blowUp() throws {
    var values = ["v60": "1"]
    for i in 0..<60 { values["v\(i)"] = "v\(i + 1) + v\(i + 1)" }
    #expect(problem { _ = try value("v0", values) } != nil)
    #expect(problem { _ = try value("v40", values) }?.problem.contains("too many steps") == true)
    var chain = ["w10000": "1"]
    for i in 0..<10_000 { chain["w\(i)"] = "w\(i + 1)" }
    #expect(problem { _ = try value("w0", chain) }?.problem.contains("too deeply") == true)
    let everyone = (0..<12).map { "u\($0)" }
    let clique = Dictionary(
      uniqueKeysWithValues: everyone.map { ($0, everyone.map { "(\($0) ?? 0)" }.joined(separator: "+")) })
    #expect(problem { _ = try value("u0", clique) }?.problem.contains("too many steps") == true)
  }

  @Test("the longest expressions are read, however deep, and longer ones refused")
  func longest() throws {
    for open in ["(", "-", "not ", "a[", "min(1,", "- (", "1+(", "x ?? ("] {
      let count = 1000 / open.utf8.count
      #expect(problem { _ = try Expression(String(repeating: open, count: count), file: "s") } != nil)
    }
    let parentheses = String(repeating: "(", count: 499) + "1" + String(repeating: ")", count: 499)
    #expect(try value(parentheses) == .int(1))
    #expect(try value(String(repeating: "-", count: 998) + "1") == .int(1))
    #expect(try value("1" + String(repeating: "+1", count: 499)) == .int(500))
    #expect(try value(String(repeating: "not ", count: 248) + "true") == .bool(true))
    #expect(
      problem { _ = try Expression(String(repeating: "1", count: 1001), file: "s") }?.problem.contains("1001 bytes")
        == true)
  }
}

@Suite struct ModelConfigTests {
  @Test(
    "a config that is no JSON object is an error of the config",
    arguments: ["", "[]", "null", "{", "{\"a\":1,\"a\":2}", "\u{feff}{}", "{\"a\":NaN}"])
  func malformed(text: String) {
    #expect(problem { _ = try ModelConfig(parsing: Array(text.utf8), file: "config.json") }?.code == .configMalformed)
  }

  @Test("the quantization config is found at the root and in text_config, and null is none")
  func quantization() throws {
    func place(_ text: String) throws -> [String]? {
      try ModelConfig(parsing: Array(text.utf8), file: "c").quantizationPlace
    }
    #expect(try place("{\"quantization_config\":{}}") == ["quantization_config"])
    #expect(try place("{\"text_config\":{\"quantization_config\":{}}}") == ["text_config", "quantization_config"])
    #expect(
      try place("{\"quantization_config\":null}") == nil && place("{\"text_config\":null}") == nil
        && place("{\"text_config\":[]}") == nil)
  }

  @Test(
    "a config of the wrong kinds, of negative or of giant sizes is an error for every family, never a trap",
    .timeLimit(.minutes(1)))
  func hostileSizes() throws {
    let library = try SpecLibrary()
    for family in library.families {
      var keys: Set<String> = []
      for expression in family.values.values {
        keys.formUnion(expression.text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
      }
      for number in [
        "-1", "0", "9223372036854775807", "1e300", "null", "\"x\"", "[]", "{}", "true", "1000000", "65536", "0.5",
      ] {
        let members = keys.sorted().filter { $0.first?.isLetter == true }.map { "\"\($0)\":\(number)" }.joined(
          separator: ",")
        let config = try ModelConfig(parsing: Array("{\(members)}".utf8), file: "config.json")
        let error = problem { _ = try ModelLayout(family, config: config) }
        #expect(error == nil || error?.code == .configKey, "\(family.name) \(number)")
      }
    }
  }

  @Test("a config that asks for more tensors than any model has is refused before memory is taken")
  func tooMany() throws {
    let library = try SpecLibrary()
    let family = try #require(library.family(modelType: "deepseek_v3"))
    let fixture = """
      {"hidden_size": 64, "vocab_size": 8, "num_hidden_layers": 10000, "num_attention_heads": 2, "kv_lora_rank": 8,
       "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 8, "intermediate_size": 64, "moe_intermediate_size": 64,
       "n_routed_experts": 1000000, "num_experts_per_tok": 2}
      """
    let config = try ModelConfig(parsing: Array(fixture.utf8), file: "config.json")
    #expect(problem { _ = try ModelLayout(family, config: config) }?.problem.contains("asks for more than") == true)
  }
}

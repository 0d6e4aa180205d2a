import Testing

@testable import CheckpointKit

/// What CPython 3.11's `re.match` says of each pattern and text.
@Suite struct ValidatePatternTests {
  static let texts = [
    #"model.layers.0.self_attn.q_proj"#,
    #"model.layers.11.mlp.gate"#,
    #"model.layers.11.mlp.gate_proj"#,
    #"model.layers.3.mlp.experts.17.gate_proj"#,
    #"language_model.model.layers.1.mlp.shared_experts.up_proj"#,
    #"lm_head"#,
    #"lm_head.weight"#,
    #"xxxy"#,
    #"xxy"#,
    #"xy"#,
    #"y"#,
    #"ababc"#,
    #"c"#,
    #"abd"#,
    #"a-c7"#,
    #"vision_tower.x"#,
    #"mm_projector"#,
    #"model.norm"#,
    #"a]b"#,
    #"]b"#,
    #"x{a}"#,
    #"aac"#,
    #"aabc"#,
    #""#,
    #"gate"#,
    #"gate.x"#,
    #"gated"#,
    #"model.layers.100.mlp"#,
    #"$"#,
  ]
  static let matches: [(pattern: String, texts: [String])] = [
    (#".*self_attn.*"#, [#"model.layers.0.self_attn.q_proj"#]),
    (#".*mlp\.(gate|up|gate_up|down)_proj.*"#, [#"model.layers.11.mlp.gate_proj"#]),
    (#"model\.layers\.\d+\.mlp\.gate$"#, [#"model.layers.11.mlp.gate"#]),
    (#"lm_head"#, [#"lm_head"#, #"lm_head.weight"#]),
    (#"[^.]*\.layers\.(0|1)\..*"#, [#"model.layers.0.self_attn.q_proj"#]),
    (
      #"model\.layers\.[0-9]{1,2}\."#,
      [
        #"model.layers.0.self_attn.q_proj"#, #"model.layers.11.mlp.gate"#, #"model.layers.11.mlp.gate_proj"#,
        #"model.layers.3.mlp.experts.17.gate_proj"#,
      ]
    ),
    (#".*\.experts\.\d+\.(?:gate|up)_proj$"#, [#"model.layers.3.mlp.experts.17.gate_proj"#]),
    (
      #"a|b|"#,
      [
        #"model.layers.0.self_attn.q_proj"#, #"model.layers.11.mlp.gate"#, #"model.layers.11.mlp.gate_proj"#,
        #"model.layers.3.mlp.experts.17.gate_proj"#, #"language_model.model.layers.1.mlp.shared_experts.up_proj"#,
        #"lm_head"#, #"lm_head.weight"#, #"xxxy"#, #"xxy"#, #"xy"#, #"y"#, #"ababc"#, #"c"#, #"abd"#, #"a-c7"#,
        #"vision_tower.x"#, #"mm_projector"#, #"model.norm"#, #"a]b"#, #"]b"#, #"x{a}"#, #"aac"#, #"aabc"#, #""#,
        #"gate"#, #"gate.x"#, #"gated"#, #"model.layers.100.mlp"#, #"$"#,
      ]
    ),
    (#"x{2,3}y"#, [#"xxxy"#, #"xxy"#]),
    (#"x{,2}y"#, [#"xxy"#, #"xy"#, #"y"#]),
    (#"(ab)*c"#, [#"ababc"#, #"c"#]),
    (#"[a-c\-x]+\d?$"#, [#"ababc"#, #"c"#, #"a-c7"#, #"aac"#, #"aabc"#]),
    (
      #"^model"#,
      [
        #"model.layers.0.self_attn.q_proj"#, #"model.layers.11.mlp.gate"#, #"model.layers.11.mlp.gate_proj"#,
        #"model.layers.3.mlp.experts.17.gate_proj"#, #"model.norm"#, #"model.layers.100.mlp"#,
      ]
    ),
    (#"(vision|mm)_[^d]+"#, [#"vision_tower.x"#, #"mm_projector"#]),
    (#".*norm\w*"#, [#"model.norm"#]),
    (#"\w+\.\w+\Z"#, [#"lm_head.weight"#, #"vision_tower.x"#, #"model.norm"#, #"gate.x"#]),
    (#"[]a]b"#, [#"ababc"#, #"abd"#, #"]b"#]),
    (#".*\$"#, [#"$"#]),
    (#"x{a}"#, [#"x{a}"#]),
    (#"a+?b??c"#, [#"aac"#, #"aabc"#]),
    (#"model.layers.*.self_attn($|\.)"#, [#"model.layers.0.self_attn.q_proj"#]),
    (#"(?:gate)($|\.)"#, [#"gate"#, #"gate.x"#]),
  ]

  @Test("each pattern matches the texts that Python's re.match matches, alone and together with all others")
  func matches() {
    var together = PatternMatcher(Self.matches.map(\.pattern))
    #expect(together.refused.isEmpty)
    for (i, (pattern, texts)) in Self.matches.enumerated() {
      var alone = PatternMatcher([pattern])
      for text in Self.texts {
        #expect(alone.matches(text) == (texts.contains(text) ? [0] : []), "'\(pattern)' and '\(text)'")
        #expect(together.matches(text).contains(i) == texts.contains(text), "'\(pattern)' and '\(text)', together")
      }
    }
  }

  @Test(
    "a pattern that is not understood is refused, never matched wrongly",
    arguments: [
      "(?!x)a", "(?P<n>a)", "(?i)a", #"(a)\1"#, #"a\b"#, "(a", "a)", "[a", "*a", "a**b(", #"a\"#, "b^a",
      "(a{1000}){1000}",
      "((((){1000}){1000}){1000}){1000}",
    ])
  func refused(pattern: String) {
    var matcher = PatternMatcher([pattern, "a"])
    #expect(matcher.refused.map(\.pattern) == [0])
    #expect(matcher.matches("a") == [1])
  }

  @Test("a pattern that makes backtracking programs run for years takes no time")
  func hostile() {
    var matcher = PatternMatcher(["(a*)*b", "(x|x|x)*y", ".*.*.*.*.*.*.*.*c$"])
    #expect(matcher.matches(String(repeating: "a", count: 5000)) == [])
    #expect(matcher.matches(String(repeating: "x", count: 5000) + "y") == [1])
  }
}

import Testing

@testable import CheckpointKit

/// A seed text for a parser, mutated the same way in every run. What comes out does not matter; that it comes out does.
struct Mutator {
  var random: SeededGenerator
  /// Tokens that parsers care about.
  static let words = [
    "{", "}", "[", "]", "\"", ",", ":", "null", "true", "-1", "0", "1e999", "18446744073709551615",
    "9223372036854775807", "\\u0000", "\\ud800", "..",
    "/", "__metadata__", "dtype", "shape", "data_offsets", "F4", "(", ")", "-", "not ", "??", "min(", "layer", "\u{0}",
    "\u{feff}", "é", "\\",
  ].map { Array($0.utf8) }

  mutating func mutate(_ seed: [UInt8]) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let length = min(bytes.count - place, Int.random(in: 0...12, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &random)
      case 2: bytes.removeSubrange(place..<place + length)
      case 3: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
      case 4: bytes.removeSubrange(place...)
      default: bytes.insert(contentsOf: Self.words.randomElement(using: &random) ?? [], at: place)
      }
    }
    return bytes
  }
}

@Suite struct FuzzTests {
  /// Runs a parser on seeds and what becomes of them; every thousandth round starts anew from the seeds.
  private func fuzz(_ seeds: [String], rounds: Int = 3000, _ parse: ([UInt8]) throws(CheckpointError) -> Void) {
    var mutator = Mutator(random: SeededGenerator(state: 20_261))
    var pool = seeds.map { Array($0.utf8) }
    var (accepted, refused) = (0, 0)
    for round in 0..<rounds {
      let i = Int.random(in: pool.indices, using: &mutator.random)
      let input = mutator.mutate(pool[i])
      do throws(CheckpointError) {
        try parse(input)
        accepted += 1
        // What is accepted is a seed for more; a bounded pool keeps inputs small.
        if pool.count < 64, input.count < 4096 { pool.append(input) }
      } catch {
        refused += 1
        // An error that cannot be shown is a trap too.
        #expect(!error.description.isEmpty)
      }
      if round % 1000 == 999 { pool = seeds.map { Array($0.utf8) } }
    }
    // Both ways are taken: the seeds are good, and mutations do harm.
    #expect(accepted > rounds / 50 && refused > rounds / 50, "\(accepted) accepted, \(refused) refused")
  }

  @Test("no mutated header makes the reader trap or hang, and what it accepts keeps the rules", .timeLimit(.minutes(1)))
  func header() {
    let seeds = [
      #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F4","shape":[0,4],"data_offsets":[24,24]}}"#,
      #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"b":{"dtype":"BF16","shape":[1,2,3,4,5],"data_offsets":[1,241]}}"#,
      "{}",
    ]
    fuzz(seeds, rounds: 6000) { bytes throws(CheckpointError) in
      // The file is as long as the last offset that the text names, so that layouts are reached.
      let numbers = bytes.split { !isDigit($0) }.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
      let data = min(numbers.filter { $0 < 1 << 62 }.max() ?? 0, 1 << 62)
      for size in Set([8 + bytes.count + data, 8 + bytes.count + 24, 8 + bytes.count]) {
        guard let header = try? SafetensorsHeader(parsing: bytes, fileSize: size) else { continue }
        var end = 0
        for entry in header.entries {
          #expect(
            entry.range.lowerBound == end
              && entry.range.count * 8 == entry.shape.elementCount * entry.dtype.bitsPerElement)
          end = entry.range.upperBound
        }
        #expect(header.dataStart + end == size && Set(header.entries.map(\.name)).count == header.entries.count)
        return
      }
      _ = try SafetensorsHeader(parsing: bytes, fileSize: 8 + bytes.count + data)
    }
  }

  @Test("no mutated start of a file makes the reader trap or hang", .timeLimit(.minutes(1)))
  func wholeFile() throws {
    let folder = try TestFolder()
    let path = try folder.write("x.safetensors", "")
    let header = #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#
    let good = safetensors(header, [1, 2, 3])
    var mutator = Mutator(random: SeededGenerator(state: 7))
    var accepted = 0
    for round in 0..<800 {
      let bytes = round == 0 ? good : mutator.mutate(good)
      let file = try OpenFile(updating: path, .system)
      try file.setLength(0)
      try file.write(bytes, at: 0)
      if problem({ _ = try SafetensorsHeader(reading: OpenFile(reading: path, .system)) }) == nil { accepted += 1 }
    }
    #expect(accepted > 0)
  }

  @Test("no mutated index makes the reader trap or hang", .timeLimit(.minutes(1)))
  func index() {
    let seed =
      #"{"metadata":{"total_size":12},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"#
    let records = [
      TensorRecord(name: "a", dtype: .u8, shape: [4], shard: 0, range: 8..<12),
      TensorRecord(name: "c", dtype: .u8, shape: [8], shard: 1, range: 8..<16),
    ]
    fuzz([seed, #"{"weight_map":{}}"#]) { bytes throws(CheckpointError) in
      let index = try CheckpointIndex(parsing: bytes, file: "index")
      _ = index.findings(against: records, shardNames: ["model-00001-of-00002.safetensors", "x"])
      _ = ShardNames.numberingProblem(ShardNames.naturallySorted(index.shards))
    }
  }

  @Test("no mutated config makes any family trap or hang", .timeLimit(.minutes(1)))
  func config() throws {
    let families = try SpecLibrary().families
    let seed = """
      {"model_type": "deepseek_v3", "hidden_size": 64, "vocab_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
       "head_dim": 8, "q_lora_rank": 8, "kv_lora_rank": 8, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 8,
       "intermediate_size": 64, "moe_intermediate_size": 64, "n_routed_experts": 4, "num_experts": 4, "num_experts_per_tok": 2,
       "n_shared_experts": 1, "first_k_dense_replace": 1, "rope_scaling": {"type": "yarn", "factor": 4.0}, "text_config": {"hidden_size": 32}}
      """
    fuzz([seed], rounds: 1200) { bytes throws(CheckpointError) in
      let config = try ModelConfig(parsing: bytes, file: "config.json")
      _ = (config.modelType, config.quantizationPlace)
      for key in ["quantization_config", "hidden_size"] {
        let edited = try JSONEdit.set([key], to: ["a": [1]], in: bytes, file: "config.json")
        #expect(try JSONValue(parsing: edited, file: "edited")[key] == ["a": [1]])
      }
      for family in families { _ = try? ModelLayout(family, config: config) }
    }
  }

  @Test("no mutated expression traps or hangs, read or evaluated", .timeLimit(.minutes(1)))
  func expression() throws {
    let config = try ModelConfig(
      parsing: Array(#"{"a": 3, "b": [1, 2], "c": {"d": 0.5}, "big": 9223372036854775807}"#.utf8), file: "c")
    let seeds = [
      "layer >= (a ?? 0) and layer % (b[1] ?? 1) == 0", "ceil_div(a * 2 + 1, 128) - min(a, max(b[0], 2))",
      "not 'x' in b or c.d | a < 1e-6", "-big - 2 * big",
    ]
    let values = ["a": try Expression("a * 2", file: "s"), "e": try Expression("a + e", file: "s")]
    var environment = SpecEnvironment(config: config, values: values, spec: "s")
    environment.layer = 1
    fuzz(seeds, rounds: 4000) { [environment] bytes throws(CheckpointError) in
      let expression = try Expression(String(decoding: bytes, as: UTF8.self), file: "s")
      _ = try? environment.evaluate(expression)
      _ = try? environment.int(expression)
    }
  }

  @Test("no mutated plan file makes the reader trap or hang", .timeLimit(.minutes(1)))
  func planFile() throws {
    let digest = String(repeating: "0a", count: 32)
    let seed = """
      {"schema": "ckpt.plan/1", "plan_id": "\(digest)", "version": "0", "verb": "convert", "options": {"recipe": "bf16"}, "rules": "\(digest)",
       "place": {"source": "s", "destination": "d", "overwrite": false, "specs": [], "recipe": null},
       "inputs": [{"name": "model.safetensors", "bytes": 12, "sha256": "\(digest)", "modified_ns": 5}],
       "files": [{"name": "model.safetensors", "bytes": 12}], "segments": [[0, 12, 1]]}
      """
    let folder = try TestFolder()
    let path = try folder.write("plan.json", "")
    fuzz([seed], rounds: 800) { bytes throws(CheckpointError) in
      let file = try OpenFile(updating: path, .system)
      try file.setLength(0)
      try file.write(bytes, at: 0)
      _ = try PlanFile(reading: path, .system)
    }
  }
  @Test("no mutated array file makes the reader trap or hang", .timeLimit(.minutes(1)))
  func array() throws {
    func file(_ header: String, _ data: Int) -> String {
      let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
      return "NUMPY\u{1}\u{0}v\u{0}" + padded + String(repeating: "\u{1}", count: data)
    }
    let seeds = [
      file("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }", 24),
      file("{'descr': '<i8', 'fortran_order': False, 'shape': (4,), }", 32),
      file("{'descr': '<i8', 'fortran_order': False, 'shape': (), }", 8),
    ]
    let folder = try TestFolder()
    let path = try folder.write("x.npy", "")
    fuzz(seeds, rounds: 2000) { bytes throws(CheckpointError) in
      let file = try OpenFile(updating: path, .system)
      try file.setLength(0)
      // The first byte of the magic number is no text.
      try file.write([0x93] + bytes, at: 0)
      let array = try NPYFile.readIntegers(path)
      #expect(array.values.count == array.shape.reduce(1, *))
    }
  }
}

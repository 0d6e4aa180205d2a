import CheckpointKit
import Foundation

/// A folder that goes with its owner.
final class TemporaryFolder {
  let path: String

  /// - Parameter inMemory: where there is a file system in memory: many small files are quicker there.
  init(inMemory: Bool = false) throws {
    let memory = URL(fileURLWithPath: "/dev/shm")
    let parent =
      inMemory && FileManager.default.isWritableFile(atPath: memory.path)
      ? memory : FileManager.default.temporaryDirectory
    let folder = parent.appendingPathComponent("ckpt-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// Every regular file below a folder, by its path within it.
  static func content(of folder: String) throws -> [String: Data] {
    var content: [String: Data] = [:]
    guard let names = FileManager.default.enumerator(atPath: folder) else { return content }
    for case let name as String in names {
      var isFolder: ObjCBool = false
      let path = folder + "/" + name
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
      content[name] = try Data(contentsOf: URL(fileURLWithPath: path))
    }
    return content
  }
}

/// A Llama of two layers, written byte by byte by the test itself: 64 wide, in two shards with an index.
enum TinyModel {
  static func writeTokenizer(to folder: String) throws {
    let tokenizer = """
      {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
       "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
      """
    try Data(tokenizer.utf8).write(to: URL(fileURLWithPath: folder + "/tokenizer.json"))
  }

  /// - Parameters:
  ///   - config: further keys of config.json.
  ///   - layers: one makes one shard.
  static func write(
    to folder: String, seed: UInt64 = 1, dtype: String = "BF16", config more: String = "", biased: Bool = false,
    layers: Int = 2
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let config = """
      {
        "model_type": "llama", "hidden_size": 64, "num_hidden_layers": \(layers), "num_attention_heads": 4,
        "num_key_value_heads": 2, "head_dim": 16, "intermediate_size": 128, "vocab_size": 96,
        "rms_norm_eps": 1e-6, \(more) "torch_dtype": "bfloat16"
      }
      """
    try Data(config.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
    try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/tokenizer_note.txt"))
    var generator = SplitMix(state: seed)
    var shards: [[(String, [Int])]] = [[("model.embed_tokens.weight", [96, 64])], []]
    for layer in 0..<layers {
      let prefix = "model.layers.\(layer)."
      shards[layer] += [
        (prefix + "input_layernorm.weight", [64]), (prefix + "self_attn.q_proj.weight", [64, 64]),
        (prefix + "self_attn.k_proj.weight", [32, 64]), (prefix + "self_attn.v_proj.weight", [32, 64]),
        (prefix + "self_attn.o_proj.weight", [64, 64]), (prefix + "post_attention_layernorm.weight", [64]),
        (prefix + "mlp.gate_proj.weight", [128, 64]), (prefix + "mlp.up_proj.weight", [128, 64]),
        (prefix + "mlp.down_proj.weight", [64, 128]),
      ]
      if biased {
        shards[layer] += [
          (prefix + "self_attn.q_proj.bias", [64]), (prefix + "self_attn.k_proj.bias", [32]),
          (prefix + "self_attn.v_proj.bias", [32]), (prefix + "self_attn.o_proj.bias", [64]),
          (prefix + "mlp.gate_proj.bias", [128]), (prefix + "mlp.up_proj.bias", [128]),
          (prefix + "mlp.down_proj.bias", [64]),
        ]
      }
    }
    shards[layers - 1] += [("model.norm.weight", [64]), ("lm_head.weight", [96, 64])]
    if layers == 1 { shards.removeLast() }
    var map: [String] = []
    for (i, shard) in shards.enumerated() {
      let name = "model-0000\(i + 1)-of-00002.safetensors"
      try Self.shard(shard, dtype, &generator).write(to: URL(fileURLWithPath: folder + "/" + name))
      map += shard.map { "\"\($0.0)\": \"\(name)\"" }
    }
    let index = "{\"metadata\": {}, \"weight_map\": {\(map.joined(separator: ", "))}}"
    try Data(index.utf8).write(to: URL(fileURLWithPath: folder + "/model.safetensors.index.json"))
  }

  private static func shard(_ tensors: [(String, [Int])], _ dtype: String, _ generator: inout SplitMix) -> Data {
    var entries: [String] = []
    var data = Data()
    for (name, shape) in tensors {
      let start = data.count
      for _ in 0..<shape.reduce(1, *) {
        let value = generator.nextGaussian()
        if dtype == "BF16" {
          withUnsafeBytes(of: UInt16(truncatingIfNeeded: value.bitPattern >> 16).littleEndian) {
            data.append(contentsOf: $0)
          }
        } else {
          withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
      }
      entries.append(
        "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(start),\(data.count)]}")
    }
    let header = Data("{\(entries.joined(separator: ","))}".utf8)
    var file = Data()
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
    return file + header + data
  }
}

/// A generator whose numbers are the same everywhere (Steele, Lea, Flood: SplitMix64).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Twelve uniform numbers, added: near enough to a normal distribution.
  mutating func nextGaussian() -> Float {
    var sum: Float = -6
    for _ in 0..<12 { sum += Float(next() >> 40) * 0x1p-24 }
    return sum * 0.02
  }
}

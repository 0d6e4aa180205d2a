import Testing

@testable import CheckpointKit

private typealias Part = StoredParts.Part

private func part(_ suffix: String, _ dtype: DType, _ dimensions: [Int]) -> StoredParts.Part {
  StoredParts.Part(suffix: suffix, dtype: dtype, shape: Shape(dimensions))
}

/// The name of the layout that these parts have for a matrix, or the code that refuses them.
private func recognised(_ parts: [StoredParts.Part], _ shape: Shape = [256, 320]) -> String {
  do throws(LayoutMismatch) { return try EncodingLayouts.recognise(StoredParts(parts), of: shape).name } catch {
    return error.code.rawValue
  }
}

@Suite struct EncodingTests {
  static let fp8 = part("", .f8e4m3, [256, 320])
  static let fp8Scale = part("_scale_inv", .f32, [2, 3])
  static let packed = part("_packed", .i32, [256, 40])
  static let int4Scale = part("_scale", .bf16, [256, 10])
  static let int4Shape = part("_shape", .i64, [2])

  @Test("whole parts are recognised, with every dtype that is published")
  func whole() {
    for dtype in [DType.bf16, .f16, .f32] {
      #expect(recognised([part("", dtype, [256, 320])]) == dtype.name.lowercased())
    }
    for dtype in [DType.f32, .bf16, .f16, .f8e8m0] {
      #expect(recognised([Self.fp8, part("_scale_inv", dtype, [2, 3])]) == "fp8-block")
    }
    for (group, count) in [(32, 10), (64, 5)] {
      #expect(recognised([Self.packed, part("_scale", .bf16, [256, count]), Self.int4Shape]) == "int4-g\(group)")
    }
    for dtype in [DType.i64, .i32, .u64, .u32] {
      #expect(recognised([Self.packed, Self.int4Scale, part("_shape", dtype, [2])]) == "int4-g32")
    }
    #expect(
      recognised([part("_packed", .i32, [4, 16]), part("_scale", .f32, [4, 1]), Self.int4Shape], [4, 128])
        == "int4-g128")
  }

  @Test("edges are cut, not padded: 129 rows need two rows of scales, 128 need one")
  func edges() {
    for (rows, columns, grid) in [
      (128, 128, [1, 1]), (129, 128, [2, 1]), (128, 129, [1, 2]), (1, 1, [1, 1]), (576, 7168, [5, 56]),
    ] {
      let main = part("", .f8e4m3, [rows, columns])
      #expect(recognised([main, part("_scale_inv", .f32, grid)], [rows, columns]) == "fp8-block")
      #expect(
        recognised([main, part("_scale_inv", .f32, [grid[0], grid[1] + 1])], [rows, columns]) == "encoding.part-shape")
      #expect(
        recognised([main, part("_scale_inv", .f32, [grid[0] + 1, grid[1]])], [rows, columns]) == "encoding.part-shape")
    }
  }

  @Test(
    "a part that is missing, stray, of a wrong shape or a wrong dtype is an error of its own code",
    arguments: [
      ([fp8], "encoding.missing-part"), ([fp8Scale], "encoding.stray-part"),
      ([part("", .bf16, [256, 320]), fp8Scale], "encoding.stray-part"),
      ([fp8, part("_scale_inv", .i32, [2, 3])], "encoding.part-dtype"),
      ([fp8, part("_scale_inv", .f64, [2, 3])], "encoding.part-dtype"),
      ([fp8, part("_scale_inv", .f8e4m3, [2, 3])], "encoding.part-dtype"),
      ([fp8, part("_scale_inv", .f32, [3, 2])], "encoding.part-shape"),
      ([fp8, part("_scale_inv", .f32, [2, 3, 1])], "encoding.part-shape"),
      ([fp8, part("_scale_inv", .f32, [6])], "encoding.part-shape"),
      ([fp8, part("_scale_inv", .f32, [])], "encoding.part-shape"),
      ([part("", .f8e4m3, [320, 256]), fp8Scale], "tensor.shape"),
      ([packed, int4Shape], "encoding.missing-part"), ([packed, int4Scale], "encoding.missing-part"),
      ([packed], "encoding.missing-part"),
      ([int4Scale, int4Shape], "encoding.stray-part"), ([int4Scale], "encoding.stray-part"),
      ([int4Shape], "encoding.stray-part"),
      ([part("_packed", .i32, [256, 39]), int4Scale, int4Shape], "tensor.shape"),
      ([part("_packed", .i32, [10240]), int4Scale, int4Shape], "tensor.shape"),
      ([packed, part("_scale", .f8e4m3, [256, 10]), int4Shape], "encoding.part-dtype"),
      ([packed, part("_scale", .bf16, [256, 9]), int4Shape], "encoding.part-shape"),
      ([packed, part("_scale", .bf16, [256, 20]), int4Shape], "encoding.part-shape"),
      ([packed, part("_scale", .bf16, [255, 10]), int4Shape], "encoding.part-shape"),
      ([packed, part("_scale", .bf16, [256, 1 << 58]), int4Shape], "encoding.part-shape"),
      ([packed, part("_scale", .bf16, [256, Int.max]), int4Shape], "encoding.part-shape"),
      ([packed, part("_scale", .bf16, [256, -1]), int4Shape], "encoding.part-shape"),
      ([packed, int4Scale, part("_shape", .i64, [3])], "encoding.part-shape"),
      ([packed, int4Scale, part("_shape", .f32, [2])], "encoding.part-shape"),
      ([packed, int4Scale, part("_shape", .i64, [1, 2])], "encoding.part-shape"),
      ([part("", .bf16, [320, 256])], "tensor.shape"), ([part("", .bf16, [256, 320, 1])], "tensor.shape"),
    ])
  func broken(parts: [StoredParts.Part], code: String) {
    #expect(recognised(parts) == code)
    #expect(recognised(parts.reversed()) == code)
  }

  @Test("quantized bytes are never taken for a plain tensor, whatever stands beside them")
  func neverACopy() {
    let suffixes = EncodingLayouts.partSuffixes.filter { !$0.isEmpty }
    for dtype in DType.allCases where ![.bf16, .f16, .f32].contains(dtype) {
      let main = part("", dtype, [256, 320])
      let alone = recognised([main])
      #expect(alone == "encoding.unsupported" || alone == "encoding.missing-part", "\(dtype)")
      for suffix in suffixes {
        let result = recognised([main, part(suffix, .f32, [2, 3])])
        #expect(result.hasPrefix("encoding.") || (dtype == .f8e4m3 && suffix == "_scale_inv" && result == "fp8-block"))
      }
    }
    for suffix in suffixes {
      // A plain tensor with a part of an encoding beside it is not plain.
      #expect(recognised([part("", .bf16, [256, 320]), part(suffix, .f32, [2, 3])]).hasPrefix("encoding."))
      #expect(
        recognised([Self.fp8, Self.fp8Scale, part(suffix, .f32, [2, 3])]).hasPrefix("encoding.")
          || suffix == "_scale_inv")
      #expect(recognised([part(suffix, .f32, [2, 3])]).hasPrefix("encoding."))
    }
    #expect(recognised([]) == "encoding.unsupported")
    #expect(recognised([Self.fp8, Self.fp8Scale], [256, 320, 1]) == "tensor.shape")
    #expect(recognised([part("", .f8e4m3, [2, 256, 320]), Self.fp8Scale], [2, 256, 320]) == "encoding.unsupported")
  }

  @Test("the parts that a layout writes are the parts it recognises, over every name")
  func partsAreRecognised() throws {
    for layout in EncodingLayouts.named {
      for shape: Shape in [[1, 128], [129, 256], [576, 7168]] where layout.refusal(of: shape) == nil {
        let parts = layout.parts(for: shape)
        let stored = StoredParts(parts.map { StoredParts.Part(suffix: $0.suffix, dtype: $0.dtype, shape: $0.shape) })
        if layout is GGUFBlockLayout {
          // Known by the type in the file: as U8 in a safetensors file they are nothing that is read.
          #expect(throws: LayoutMismatch.self) { try EncodingLayouts.recognise(stored, of: shape) }
        } else {
          #expect(try EncodingLayouts.recognise(stored, of: shape).name == layout.name)
        }
        for part in parts {
          #expect(part.byteCount * 8 == part.shape.dimensions.reduce(1, *) * part.dtype.bitsPerElement)
          #expect(part.byteRange(rows: 0..<shape.rows) == 0..<part.byteCount)
        }
      }
      #expect(EncodingLayouts.named(layout.name.uppercased().replacing("-", with: "_"))?.name == layout.name)
    }
    #expect(EncodingLayouts.named("") == nil && EncodingLayouts.named("int4") == nil)
  }
}

@Suite struct BindingTests {
  /// A stored tensor of a tiny model, U8 file content of no meaning.
  private func bind(_ edit: (inout [(name: String, dtype: String, shape: [Int])]) -> Void) throws -> [Finding] {
    var tensors: [(name: String, dtype: String, shape: [Int])] = [
      ("model.embed_tokens.weight", "BF16", [8, 32]), ("model.norm.weight", "BF16", [32]),
      ("lm_head.weight", "BF16", [8, 32]),
    ]
    for name in ["q_proj", "k_proj", "v_proj", "o_proj"] {
      tensors.append(("model.layers.0.self_attn.\(name).weight", "F8_E4M3", [32, 32]))
      tensors.append(("model.layers.0.self_attn.\(name).weight_scale_inv", "F32", [1, 1]))
    }
    for name in ["gate_proj", "up_proj", "down_proj"] {
      tensors.append(("model.layers.0.mlp.\(name).weight", "BF16", [32, 32]))
    }
    for name in ["input_layernorm", "post_attention_layernorm"] {
      tensors.append(("model.layers.0.\(name).weight", "BF16", [32]))
    }
    edit(&tensors)
    var (members, end) = ([String](), 0)
    for tensor in tensors {
      let bytes = tensor.shape.reduce(1, *) * (DType(name: tensor.dtype)?.bitsPerElement ?? 0) / 8
      let shape = "[" + tensor.shape.map(String.init).joined(separator: ",") + "]"
      members.append(
        "\"\(tensor.name)\":{\"dtype\":\"\(tensor.dtype)\",\"shape\":\(shape),\"data_offsets\":[\(end),\(end + bytes)]}"
      )
      end += bytes
    }
    let folder = try TestFolder()
    try folder.write(
      "model.safetensors", safetensors("{\(members.joined(separator: ","))}", [UInt8](repeating: 0, count: end)))
    try folder.write(
      "config.json",
      """
      {"model_type": "llama", "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4,
       "num_key_value_heads": 4, "vocab_size": 8, "tie_word_embeddings": false}
      """)
    let (checkpoint, _) = try Checkpoint.inspect(folder.path)
    return try Binding.inspect(#require(checkpoint), library: SpecLibrary()).findings.sortedForReport()
  }

  @Test("a tiny model with fp8 weights binds without findings")
  func good() throws { #expect(try bind { _ in } == []) }

  @Test("a scale that is lost is an error at its tensor, also when every scale of the file is lost")
  func lostScales() throws {
    let one = try bind { $0.removeAll { $0.name.hasSuffix("k_proj.weight_scale_inv") } }
    #expect(
      one.map(\.code) == [.partMissing] && one[0].tensor?.hasSuffix("k_proj.weight") == true
        && one[0].severity == .error)
    let all = try bind { $0.removeAll { $0.name.hasSuffix("_scale_inv") } }
    #expect(all.map(\.code) == [ProblemCode](repeating: .partMissing, count: 4))
    let renamed = try bind {
      for i in $0.indices { $0[i].name = $0[i].name.replacing("v_proj.weight_scale_inv", with: "v_proj.weight_scale") }
    }
    #expect(renamed.map(\.severity).max() == .error)
  }

  @Test("numbers written another way are other names: the tensor is missing, the stored one unknown")
  func namesAreExact() throws {
    for twin in [
      "model.layers.00.self_attn", "model.layers.+0.self_attn", "model.layers.0 .self_attn",
      "model.layers.18446744073709551616.self_attn", "model.layers.1.self_attn",
    ] {
      let found = try bind {
        for i in $0.indices {
          $0[i].name = $0[i].name.replacing("model.layers.0.self_attn.o_proj", with: twin + ".o_proj")
        }
      }
      #expect(found.filter { $0.severity == .error }.map(\.code) == [.tensorMissing], "\(twin): \(found)")
      #expect(found.contains { $0.code == .tensorUnknown })
    }
  }

  @Test("one expert among thousands that is stored unlike its siblings is found, and one of a wrong shape")
  func oddExperts() throws {
    // So many that they are bound in several runs; the odd ones lie in the last.
    let experts = 1600
    var (members, end) = ([String](), 0)
    func add(_ name: String, _ dtype: String, _ shape: [Int], _ bytes: Int) {
      members.append("\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(end),\(end + bytes)]}")
      end += bytes
    }
    for expert in 0..<experts {
      for part in ["gate_proj", "up_proj", "down_proj"] {
        let name = "model.layers.0.mlp.experts.\(expert).\(part).weight"
        if expert == experts - 3, part == "up_proj" {
          add(name, "BF16", [2, 2], 8)
        } else {
          let columns = expert == experts - 2 && part == "down_proj" ? 1 : 2
          add(name, "F8_E4M3", [2, columns], 2 * columns)
          add(name + "_scale_inv", "F32", [1, 1], 4)
        }
      }
    }
    let folder = try TestFolder()
    try folder.write(
      "model.safetensors", safetensors("{\(members.joined(separator: ","))}", [UInt8](repeating: 0, count: end)))
    try folder.write(
      "config.json",
      """
      {"model_type": "qwen3_moe", "hidden_size": 2, "intermediate_size": 2, "moe_intermediate_size": 2, "head_dim": 2,
       "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1, "vocab_size": 8,
       "num_experts": \(experts), "num_experts_per_tok": 1, "decoder_sparse_step": 1, "mlp_only_layers": [],
       "tie_word_embeddings": false}
      """)
    let (checkpoint, fileFindings) = try Checkpoint.inspect(folder.path)
    #expect(!fileFindings.contains { $0.severity == .error })
    let found = try Binding.inspect(#require(checkpoint), library: SpecLibrary()).findings
    let unlike = found.filter { $0.code == .encodingUnlikeSiblings }
    #expect(unlike.map(\.tensor) == ["model.layers.0.mlp.experts.1597.up_proj.weight"], "\(found)")
    #expect(unlike.first?.problem.contains("1599 experts") == true)
    let wrong = found.filter { $0.code == .tensorShape }
    #expect(wrong.map(\.tensor) == ["model.layers.0.mlp.experts.1598.down_proj.weight"])
  }
}

public import CheckpointKit

/// What changes the choices of a mix, as the options of `llama-quantize` do.
public struct LlamaMixOptions: Sendable {
  /// `--pure`: every tensor gets the base type.
  public var isPure = false
  /// `--leave-output-tensor`: the output head stays as it is stored.
  public var leavesHead = false
  /// `--output-tensor-type`. Where the embedding serves as head, it is the embedding's.
  public var head: GGUFType?
  /// `--token-embedding-type`.
  public var embedding: GGUFType?
  /// `--tensor-type` and `--tensor-type-file`; the first that matches decides. They say nothing to mixes of plain types.
  public var tensorTypes = LlamaMixTensorTypes()

  public init() {}
}

extension LlamaMix {
  /// A tensor of the model, with the shape of the rest of the library: the columns come last.
  public struct Tensor: Sendable {
    public let name: TensorName
    public let shape: Shape
    let group: Group
    /// The layer in `blk.12.…`; nil for names of another kind.
    let layer: Int?
    /// By name and shape it is one that mixes quantize; vectors, norms, routers and small matrices stay as they are.
    let isQuantized: Bool

    public init(_ name: TensorName, _ shape: Shape) {
      (self.name, self.shape) = (name, shape)
      (group, layer) = (LlamaMix.group(of: name.string), LlamaMix.layer(of: name.string))
      isQuantized = LlamaMix.isQuantized(name.string, shape)
    }
  }

  /// What a mix looks at besides the tensors: keys of the GGUF file.
  public struct Model: Sendable {
    /// `general.architecture`.
    public var architecture: String
    /// `block_count`.
    public var layers: Int
    /// `nextn_predict_layers`: how many of the layers predict further tokens.
    public var nextTokenLayers: Int
    /// `expert_count`; 0 for a dense model.
    public var experts: Int
    /// `attention.head_count` of the first layer.
    public var heads: Int
    /// `attention.head_count_kv` of the first layer; the number of heads where there is no such key.
    public var keyValueHeads: Int

    public init(
      architecture: String, layers: Int, nextTokenLayers: Int = 0, experts: Int = 0, heads: Int, keyValueHeads: Int
    ) {
      (self.architecture, self.layers, self.nextTokenLayers) = (architecture, layers, nextTokenLayers)
      (self.experts, self.heads, self.keyValueHeads) = (experts, heads, keyValueHeads)
    }

    /// Query heads that share a key head; 0 where there is none.
    var sharing: Int { keyValueHeads > 0 ? heads / keyValueHeads : 0 }

    /// What llama.cpp takes for a model of 70 billion parameters, by the number of layers.
    var isSeventyBillion: Bool {
      let layers = layers &- nextTokenLayers
      return switch architecture {
      case "llama", "llama-embed": layers == 80 && experts != 8 && heads != keyValueHeads
      case "qwen2", "deci", "olmo": layers == 80
      case "jais2": layers == 68
      default: false
      }
    }
  }

  /// What one tensor gets.
  public struct Assignment: Sendable, Equatable {
    /// nil: it stays as it is stored.
    public var type: GGUFType?
    /// What it would have got, but its columns are no multiple of that type's block.
    public var fallbackFrom: GGUFType?
    /// The rule of ``LlamaMixOptions/tensorTypes`` that decided, counted from 1.
    public var tensorType: Int?
    /// `llama-quantize` makes this type only of tensors that have importance.
    public var needsImportance = false

    /// Why it has another type than the mix says, or nil.
    public func fallbackReason(columns: Int) -> String? {
      guard let type, let fallbackFrom else { return nil }
      return "its \(columns) columns are no multiple of \(fallbackFrom.blockSize), as \(fallbackFrom) wants: \(type)"
    }
  }
}

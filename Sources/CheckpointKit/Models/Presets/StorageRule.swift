/// Which of a preset's tensors are stored in which encoding. The last rule that matches wins; a tensor that none matches
/// is stored plainly, in the dtype that the family gives it.
///
/// The rules of a recipe read the same, so that `--storage int4-g32` means what `--to int4-g32` does.
public struct StorageRule: Sendable {
  /// Role patterns; `family.fp8` means the roles of the family's published fp8 repositories. Empty: all.
  public var roles: [String]
  public var when: Expression?
  /// The name of an encoding.
  public var encoding: String
  /// The dtype of the scales, where the encoding has any; nil for the usual one.
  public var scale: DType?
  /// The dtype of `weight_shape`.
  public var shapeDType: DType?

  init(_ json: JSONValue, file: String) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    try reader.expectKeys(["roles", "when", "encoding", "scale", "shape"])
    roles = try reader.strings("roles", orEmpty: true)
    for role in roles where role != Self.familyFP8 && !Role.all.contains(where: { $0.matches(role) }) {
      throw reader.malformed("'\(role)' matches no role")
    }
    when = try reader.optionalExpression("when")
    encoding = try reader.string("encoding")
    guard let layout = EncodingLayouts.named(encoding), layout.containers.contains(.safetensors) else {
      throw reader.malformed("'\(encoding)' is no encoding of safetensors files")
    }
    scale = try Self.dtype("scale", reader)
    shapeDType = try Self.dtype("shape", reader)
    // That of a family has been looked at: any that fits will do here.
    if let scale, Self.layout(layout, scale: scale) == nil {
      throw reader.malformed("'\(scale)' is no dtype for a scale of \(encoding)")
    }
    if let shapeDType, Self.layout(layout, shape: shapeDType) == nil {
      throw reader.malformed("'\(shapeDType)' is no dtype for a weight_shape of \(encoding)")
    }
  }

  /// A rule of a recipe, for weights that are plain so far; nil where it speaks of encoded ones.
  init?(recipeRule json: JSONValue, file: String) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    if let stored = try reader.optionalString("stored"), stored != "plain" { return nil }
    roles = try reader.strings("roles", orEmpty: true)
    when = try reader.optionalExpression("when")
    encoding = try reader.string("encoding")
  }

  static let familyFP8 = "family.fp8"

  private static func dtype(_ key: String, _ reader: SpecReader) throws(CheckpointError) -> DType? {
    guard let name = try reader.optionalString(key) else { return nil }
    guard let dtype = DType(name: name) else { throw reader.malformed("'\(name)' is no dtype") }
    return dtype
  }

  private static func layout(
    _ layout: any EncodingLayout, scale: DType? = nil, shape: DType? = nil, usual: DType = .f32
  ) -> (any EncodingLayout)? {
    layout.with(scale: scale, shape: shape, usual: usual)
  }

  /// The role patterns, those of the family in place of `family.fp8`.
  func patterns(_ spec: FamilySpec) -> [String] { roles.flatMap { $0 == Self.familyFP8 ? spec.fp8Roles : [$0] } }

  /// The layout that the rule asks for, with the part dtypes that it or the family gives.
  func layout(_ spec: FamilySpec) -> (any EncodingLayout)? {
    EncodingLayouts.named(encoding).flatMap {
      Self.layout($0, scale: scale, shape: shapeDType, usual: spec.fp8Scale)
    }
  }
}

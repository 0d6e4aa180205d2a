/// What a checkpoint consists of, by digests: each file, each stored tensor with its place, each logical tensor.
///
/// It depends on the names and bytes of the files alone. Format: `docs/formats/manifest.md`.
public struct Manifest: Sendable {
  public struct File: Sendable {
    /// Relative to the checkpoint's folder, with `/` between components.
    public var name: String
    public var byteCount: Int
    public var digest: SHA256Digest
    /// The id that git gives the file; nil for large files.
    public var gitBlob: String?
    /// Where tensor bytes begin; nil where the file's tensors are not listed.
    public var dataStart: Int?
    /// In the order of their bytes. Those of a file that was read are made when they are asked for.
    public var tensors: OnDemand<Tensor> = []
    /// Long runs of zero bytes.
    public var zeroRuns: [Range<Int>] = []
  }

  public struct Tensor: Sendable {
    public var name: TensorName
    /// The plain element type; `u8` for blocks.
    public var dtype: DType
    /// The type of quantized blocks, which GGUF files alone have.
    public var block: GGUFType?
    public var shape: Shape
    /// Its bytes, counted from the start of the file.
    public var range: Range<Int>
    public var digest: SHA256Digest
    /// Of each slice along the first dimension, where the tensor is a stack.
    public var slices: [SHA256Digest] = []
    public var content = Content()

    /// The name of its type, as its container writes it: `BF16`, `Q4_K`.
    public var typeName: String { block?.name ?? dtype.name }
  }

  /// What the content scan saw in a tensor; nothing, as a rule.
  public struct Content: Sendable, Equatable {
    public var nanCount = 0
    public var infinityCount = 0
    public var badScales = 0
    public var isZero = false
    public var isConstant = false

    public init() {}
  }

  public struct Logical: Sendable {
    /// As the family's spec calls it.
    public var name: String
    public var role: String
    public var encoding: String
    public var digest: SHA256Digest
  }

  /// Sorted by the bytes of their names.
  public var files: [File]
  public var logical: OnDemand<Logical> = []

  public init(files: [File], logical: OnDemand<Logical> = []) {
    self.files = files.sorted { TensorName($0.name) < TensorName($1.name) }
    self.logical = logical
  }

  /// The manifest's schema, and its name where it lies in the checkpoint's folder.
  public static let schema = "ckpt.manifest/1"
  /// Files up to this size get a git id.
  static let gitBlobLimit = 16 << 20

  public var tensorCount: Int { files.reduce(0) { $0 + $1.tensors.count } }
  public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// One digest for all files: SHA-256 of ``checksumFile``, as `sha256sum SHA256SUMS` prints it.
  public var digest: SHA256Digest { SHA256Digest(of: checksumFile) }

  /// The files in the format of `sha256sum`: names are the bytes that they are in the folder.
  public var checksumFile: [UInt8] {
    files.flatMap { ChecksumFile.line(name: $0.name, digest: $0.digest) }
  }

  /// The digest of a logical tensor, from its parts in the order of its encoding.
  ///
  /// SHA-256 over a line for each part: suffix, dtype, shape and digest, with single spaces between them. It does not
  /// depend on files, and says with what shape and dtype the bytes are meant.
  static func logicalDigest(_ parts: [(suffix: String, tensor: Tensor)]) -> SHA256Digest {
    var text = ""
    for (suffix, tensor) in parts {
      let shape = tensor.shape.dimensionTexts(tensor.shape.rank).joined(separator: "x")
      text += "\(suffix) \(tensor.typeName) \(shape) \(tensor.digest.hex)\n"
    }
    return SHA256Digest(of: text)
  }

  /// Bytes of one slice of a stacked tensor that gets digests by slice; nil for others.
  ///
  /// A stack has three dimensions or more and slices of at least 4 KiB: experts, but no convolution kernels.
  static func sliceBytes(_ shape: Shape, byteCount: Int) -> Int? {
    guard shape.rank >= 3, shape[0] > 1, byteCount % shape[0] == 0, byteCount / shape[0] >= 4096 else { return nil }
    return byteCount / shape[0]
  }
}

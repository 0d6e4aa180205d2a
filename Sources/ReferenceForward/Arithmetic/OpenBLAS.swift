internal import CheckpointKit

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The matrix products of OpenBLAS, opened at first use: a machine without it runs everything but the forward pass.
///
/// Each product is computed by one thread, so that its bits do not depend on how many there are. They do depend on the
/// type of the CPU.
struct OpenBLAS: Sendable {
  /// `cblas_sgemm`: order, transposition of a and b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc.
  private typealias Product =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32, Float,
      UnsafeMutablePointer<Float>, Int32
    ) -> Void

  private let product: Product

  /// The library of this process; opened once.
  static let shared = Result { () throws(CheckpointError) -> OpenBLAS in try OpenBLAS() }

  #if canImport(Darwin)
    private static let usualNames = ["libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib"]
  #else
    private static let usualNames = ["libopenblas.so.0"]
  #endif

  init(names: [String] = usualNames) throws(CheckpointError) {
    // It would start a thread for each processor when it is opened.
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
      throw CheckpointError(
        .libraryMissing, "the forward pass needs OpenBLAS (\(names[0])), which is not on this machine",
        hint: "install it: apt-get install libopenblas0-pthread (Debian, Ubuntu), dnf install openblas-threads (Fedora)"
      )
    }
    guard let product = dlsym(library, "cblas_sgemm"), let setThreads = dlsym(library, "openblas_set_num_threads")
    else {
      throw CheckpointError(
        .libraryMissing, "\(names[0]) is not OpenBLAS: it lacks cblas_sgemm or openblas_set_num_threads",
        hint: "install OpenBLAS: apt-get install libopenblas0-pthread (Debian, Ubuntu)")
    }
    typealias SetThreads = @convention(c) (Int32) -> Void
    unsafeBitCast(setThreads, to: SetThreads.self)(1)
    self.product = unsafeBitCast(product, to: Product.self)
  }

  private static let rowMajor: Int32 = 101
  private static let asIs: Int32 = 111
  private static let transposed: Int32 = 112

  /// `c = alpha · a · bᵀ + beta · c`, with `a` of m × k, `b` of n × k and `c` of m × n values.
  ///
  /// Dimensions and strides were checked to be below 2^31 when the model was opened.
  func multiply(_ a: Block, transposed b: Block, into c: Block, alpha: Float = 1, beta: Float = 0) {
    precondition(a.columns == b.columns && c.rows == a.rows && c.columns == b.rows)
    if c.rows == 0 || c.columns == 0 { return }
    product(
      Self.rowMajor, Self.asIs, Self.transposed, Int32(c.rows), Int32(c.columns), Int32(a.columns), alpha, a.base,
      Int32(a.stride), b.base, Int32(b.stride), beta, c.base, Int32(c.stride))
  }

  /// `c = a · b`, with `a` of m × k, `b` of k × n and `c` of m × n values.
  func multiply(_ a: Block, _ b: Block, into c: Block) {
    precondition(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns)
    if c.rows == 0 || c.columns == 0 { return }
    product(
      Self.rowMajor, Self.asIs, Self.asIs, Int32(c.rows), Int32(c.columns), Int32(a.columns), 1, a.base,
      Int32(a.stride), b.base, Int32(b.stride), 0, c.base, Int32(c.stride))
  }
}

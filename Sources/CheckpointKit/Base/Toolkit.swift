/// What holds for the toolkit as a whole.
public enum Toolkit {
  /// The version of `ckpt`. The bytes of a result depend on it.
  public static let version = "0.1.0"
}

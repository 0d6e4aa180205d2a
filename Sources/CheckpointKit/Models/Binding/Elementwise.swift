/// What every value of a tensor goes through on its way into a file.
public enum Elementwise: String, Sendable {
  /// `x + 1`: a norm that is stored around 0 becomes a factor.
  case plusOne = "plus_one"
  /// `−exp(x)`: the logarithm of a decay becomes the decay.
  case minusExp = "minus_exp"
}

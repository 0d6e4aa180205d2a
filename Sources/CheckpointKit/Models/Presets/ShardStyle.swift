/// How a published checkpoint calls its weight files.
public enum ShardStyle: String, Sendable, CaseIterable {
  /// `model-00001-of-00016.safetensors`: Qwen3, Llama and most others.
  case usual = "hf"
  /// `model-00001-of-000163.safetensors`: DeepSeek-V3, later Kimi releases.
  case sixDigits = "hf6"
  /// `model-1-of-61.safetensors`: Kimi-K2-Instruct.
  case plain
  /// `model-00000-of-00002.safetensors`, counted from 0 and named by the last number: gpt-oss.
  case zeroBased = "zero"
  /// `model.safetensors-00001-of-00014.safetensors`: Qwen3.5.
  case doubled

  /// The name of file `index` (from 0) of `count`; a single file is `model.safetensors`.
  public func name(_ index: Int, of count: Int) -> String {
    if count == 1 { return "model.safetensors" }
    let (number, last) = (ShardNames.padded(index + 1), ShardNames.padded(count))
    return switch self {
    case .usual: ShardNames.usual(index, of: count)
    case .sixDigits: "model-\(number)-of-\(ShardNames.padded(count, digits: 6)).safetensors"
    case .plain: "model-\(index + 1)-of-\(count).safetensors"
    case .zeroBased: "model-\(ShardNames.padded(index))-of-\(ShardNames.padded(count - 1)).safetensors"
    case .doubled: "model.safetensors-\(number)-of-\(last).safetensors"
    }
  }
}

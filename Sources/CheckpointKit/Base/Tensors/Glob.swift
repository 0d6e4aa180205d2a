/// Patterns for names: `*` is any run of characters, `?` any one.
public enum Glob {
  public static func matches(_ text: String, _ pattern: String) -> Bool {
    let (text, pattern) = (Array(text.unicodeScalars), Array(pattern.unicodeScalars))
    var (t, p) = (0, 0)
    var star: (p: Int, t: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == text[t] || pattern[p] == "?" {
        (t, p) = (t + 1, p + 1)
      } else if let back = star {
        // The last star takes one character more.
        star = (back.p, back.t + 1)
        (p, t) = (back.p + 1, back.t + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}

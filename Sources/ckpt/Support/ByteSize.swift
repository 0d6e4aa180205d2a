/// Sizes as people write and read them.
enum ByteSize {
  private static let units: [(name: String, factor: Int)] = [
    ("tib", 1 << 40), ("gib", 1 << 30), ("mib", 1 << 20), ("kib", 1 << 10), ("tb", 1_000_000_000_000),
    ("gb", 1_000_000_000), ("mb", 1_000_000), ("kb", 1000), ("b", 1),
  ]

  /// `2GiB`, `1.5 GB`, `500`; nil where it is none, or none that is above zero.
  static func parse(_ text: String) -> Int? {
    let lowered = text.lowercased()
    let digits = lowered.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = lowered.dropFirst(digits.count).drop { $0 == " " }
    guard let factor = unit.isEmpty ? 1 : units.first(where: { $0.name == unit })?.factor else { return nil }
    if let whole = Int(digits) {
      let (bytes, overflow) = whole.multipliedReportingOverflow(by: factor)
      return overflow || bytes <= 0 ? nil : bytes
    }
    guard let number = Double(digits), factor > 1, number * Double(factor) < 0x1p62 else { return nil }
    let bytes = Int((number * Double(factor)).rounded())
    return bytes > 0 ? bytes : nil
  }

  /// `5.39 MiB`: three digits, in the unit that fits.
  static func text(_ bytes: Int) -> String {
    for (name, factor) in [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= factor
    {
      return number(Double(bytes) / Double(factor), digits: 3) + " " + name
    }
    return "\(bytes) B"
  }

  /// With so many significant digits, never as a power of ten.
  static func number(_ value: Double, digits: Int) -> String {
    var decimals = 0
    var limit = 1.0
    for _ in 1..<digits { limit *= 10 }
    while abs(value) > 0, abs(value) * power(decimals) < limit, decimals < digits + 6 { decimals += 1 }
    return fixed(value, decimals: decimals)
  }

  private static func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1.0) { power, _ in power * 10 } }

  /// With so many digits behind the point.
  static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scaled = (abs(value) * power(decimals)).rounded()
    var digits = String(Int(scaled))
    if decimals > 0 {
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
    }
    return (value < 0 && scaled > 0 ? "-" : "") + digits
  }

  /// `1,026,408,232,448`.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(abs(number)))
    var text = number < 0 ? "-" : ""
    for (i, digit) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}

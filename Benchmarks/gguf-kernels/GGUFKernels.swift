#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Kernels

/// The block encodings of GGUF at every level of the CPU: measured beside libggml, and applied to files for comparison.
///
///     gguf-kernels measure LIBGGML-BASE.so [ROUNDS]
///     gguf-kernels encode TYPE COLUMNS VALUES.f32 IMPORTANCE.f32|none OUT      (one file a level: OUT.baseline, …)
///     gguf-kernels decode TYPE BLOCKS OUT
@main
struct GGUFKernels {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("measure", 2...3): measure(library: arguments[1], rounds: arguments.count > 2 ? Int(arguments[2]) ?? 9 : 9)
    case ("encode", 6): encode(type(arguments[1]), Int(arguments[2]) ?? 0, arguments[3], arguments[4], arguments[5])
    case ("decode", 4): decode(type(arguments[1]), arguments[2], arguments[3])
    default: stop("usage: gguf-kernels measure LIBRARY [ROUNDS] | encode TYPE COLUMNS VALUES IMPORTANCE OUT | decode …")
    }
  }

  static func stop(_ problem: String) -> Never {
    let line = Array((problem + "\n").utf8)
    _ = write(2, line, line.count)
    exit(64)
  }

  static func type(_ number: String) -> GGUFBlock {
    guard let number = UInt32(number), let type = GGUFBlock(rawValue: number) else { stop("\(number) is no type") }
    return type
  }

  // MARK: Files

  static func encode(_ type: GGUFBlock, _ columns: Int, _ values: String, _ importance: String, _ out: String) {
    let values = floats(read(values))
    let weights = importance == "none" ? nil : floats(read(importance))
    guard columns > 0, columns % type.valueCount == 0, values.count % columns == 0 else { stop("no whole rows") }
    for level in Level.available {
      save(encoded(values, columns, weights, type, level), out + "." + level.name)
    }
    var reference: [UInt8] = []
    for start in stride(from: 0, to: values.count, by: columns) {
      reference += GGUFReference.encode(row: Array(values[start..<start + columns]), importance: weights, type)
    }
    save(reference, out + ".reference")
  }

  static func encoded(
    _ values: [Float], _ columns: Int, _ weights: [Float]?, _ type: GGUFBlock, _ level: Level
  ) -> [UInt8] {
    var blocks = [UInt8](repeating: 0, count: values.count / type.valueCount * type.byteCount)
    encode(values, columns, weights, type, level, into: &blocks)
    return blocks
  }

  static func encode(
    _ values: [Float], _ columns: Int, _ weights: [Float]?, _ type: GGUFBlock, _ level: Level,
    into blocks: inout [UInt8]
  ) {
    values.withUnsafeBufferPointer { values in
      blocks.withUnsafeMutableBytes { blocks in
        if let weights {
          weights.withUnsafeBufferPointer {
            level.encodeGGUF(values, columns: columns, importance: $0, type, into: blocks)
          }
        } else {
          level.encodeGGUF(values, columns: columns, importance: nil, type, into: blocks)
        }
      }
    }
  }

  static func decode(_ type: GGUFBlock, _ blocks: String, _ out: String) {
    let blocks = read(blocks)
    for level in Level.available {
      var values = [Float](repeating: 0, count: blocks.count / type.byteCount * type.valueCount)
      values.withUnsafeMutableBufferPointer { values in
        blocks.withUnsafeBytes { level.decodeGGUF($0, type, into: values) }
      }
      save(
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } },
        out + "." + level.name)
    }
  }

  static func floats(_ bytes: [UInt8]) -> [Float] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
    }
  }

  static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { stop("cannot open \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  static func save(_ bytes: [UInt8], _ path: String) {
    guard let file = fopen(path, "wb") else { stop("cannot write \(path)") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  // MARK: Speed

  typealias QuantizeChunk =
    @convention(c) (
      Int32, UnsafePointer<Float>?, UnsafeMutableRawPointer?, Int64, Int64, Int64, UnsafePointer<Float>?
    ) -> Int

  /// Prints the rate of libggml on one core, and how many times that each level reaches, interleaved, as JSON.
  static func measure(library: String, rounds: Int) {
    guard let handle = dlopen(library, RTLD_NOW), let symbol = dlsym(handle, "ggml_quantize_chunk") else {
      stop("cannot open \(library)")
    }
    let ggml = unsafeBitCast(symbol, to: QuantizeChunk.self)
    let (rows, columns) = (16, 2048)
    var state: UInt64 = 88_172_645_463_325_252
    func uniform() -> Float {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Float(state >> 40) * 0x1p-24
    }
    let values = (0..<rows * columns).map { _ in ((0..<12).reduce(Float(-6)) { sum, _ in sum + uniform() }) * 0.02 }
    let weights = (0..<columns).map { _ in 0.05 + uniform() * uniform() * 20 }
    print("{\n  \"schema\": \"ckpt.benchmark.gguf-kernels/1\",")
    print(
      "  \"unit\": \"MB/s of Float32, one core, thread CPU time, median of \(rounds); levels as multiples of libggml\","
    )
    print("  \"rows\": [")
    var lines: [String] = []
    for type in GGUFBlock.allCases where type.isWritable {
      for importance in [nil, weights] {
        var seconds = [[Double]](repeating: [], count: Level.available.count + 1)
        var blocks = [UInt8](repeating: 0, count: values.count / type.valueCount * type.byteCount)
        var own = blocks
        for round in 0...rounds {
          for (i, level) in ([nil] + Level.available.map { Optional($0) }).enumerated() {
            let start = threadSeconds()
            if let level {
              encode(values, columns, importance, type, level, into: &own)
              seconds[i].append(threadSeconds() - start)
              if own != blocks { stop("\(type) at \(level) differs from libggml") }
            } else {
              importance.withOptionalPointer { weights in
                _ = ggml(Int32(type.rawValue), values, &blocks, 0, Int64(rows), Int64(columns), weights)
              }
              seconds[i].append(threadSeconds() - start)
            }
            // The first round makes libggml's tables.
            if round == 0 { seconds[i] = [] }
          }
        }
        let medians = seconds.map { $0.sorted()[$0.count / 2] }
        let ratios = Level.available.enumerated().map { i, level in
          "\"\(level)\": \(((medians[0] / medians[i + 1]) * 100).rounded() / 100)"
        }
        let rate = (Double(values.count * 4) / medians[0] / 1e5).rounded() / 10
        lines.append(
          "    {\"type\": \"\(type)\", \"importance\": \(importance != nil), \"libggml\": \(rate), \(ratios.joined(separator: ", "))}"
        )
      }
    }
    print(lines.joined(separator: ",\n"))
    print("  ],\n  \"decoding\": [")
    print(GGUFBlock.allCases.compactMap { decoding($0, handle, rounds) }.joined(separator: ",\n"))
    print("  ]\n}")
  }

  typealias DequantizeRow = @convention(c) (UnsafePointer<UInt8>?, UnsafeMutablePointer<Float>?, Int64) -> Void

  /// The rate of libggml's `dequantize_row_*`, a plain loop, and the multiples of it; nil for types that it has none for.
  static func decoding(_ type: GGUFBlock, _ handle: UnsafeMutableRawPointer, _ rounds: Int) -> String? {
    guard let symbol = dlsym(handle, "dequantize_row_" + ggmlName(type)) else { return nil }
    let ggml = unsafeBitCast(symbol, to: DequantizeRow.self)
    let count = 1 << 18
    let blocks = (0..<count / type.valueCount * type.byteCount).map {
      UInt8(truncatingIfNeeded: $0 &* 73 ^ $0 >> 3 & 0x3f)
    }
    var seconds = [[Double]](repeating: [], count: Level.available.count + 1)
    var values = [Float](repeating: 0, count: count)
    for _ in 0..<rounds {
      for (i, level) in ([nil] + Level.available.map { Optional($0) }).enumerated() {
        let start = threadSeconds()
        for _ in 0..<4 {
          if let level {
            blocks.withUnsafeBytes { blocks in
              values.withUnsafeMutableBufferPointer { level.decodeGGUF(blocks, type, into: $0) }
            }
          } else {
            ggml(blocks, &values, Int64(count))
          }
        }
        seconds[i].append(threadSeconds() - start)
      }
    }
    let medians = seconds.map { $0.sorted()[$0.count / 2] }
    let ratios = Level.available.enumerated().map { i, level in
      "\"\(level)\": \(((medians[0] / medians[i + 1]) * 100).rounded() / 100)"
    }
    let rate = (Double(count * 16) / medians[0] / 1e5).rounded() / 10
    return "    {\"type\": \"\(type)\", \"libggml\": \(rate), \(ratios.joined(separator: ", "))}"
  }

  /// `q2_K`, `iq2_xxs`: the name of the case with a line before the capitals.
  static func ggmlName(_ type: GGUFBlock) -> String {
    let name = "\(type)"
    let capitals = name.drop { !$0.isUppercase }
    guard !capitals.isEmpty else { return name }
    return name.dropLast(capitals.count) + "_" + (capitals == "K" ? "K" : capitals.lowercased())
  }

  static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension Optional<[Float]> {
  func withOptionalPointer(_ body: (UnsafePointer<Float>?) -> Void) {
    if let self { self.withUnsafeBufferPointer { body($0.baseAddress) } } else { body(nil) }
  }
}

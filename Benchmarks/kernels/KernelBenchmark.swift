#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Kernels

/// Measures the kernels on one core: GB (10^9 bytes) of input per second of the thread's own CPU time.
///
/// The working set (128 rows of 2,048 values) stays in the cache. Variants run interleaved; the figure is the median of
/// the rounds, so that ratios within one run hold also on a busy machine.
@main
struct KernelBenchmark {
  static func main() {
    let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 41
    let data = BenchmarkData()
    var subjects = [Subject(kernel: "memcpy", level: "-", inputBytes: BenchmarkData.count) { data.copy() }]
    for level in Level.available { subjects += data.subjects(level) }
    subjects.append(
      Subject(kernel: "fp8 to INT4 g32, reference", level: "-", inputBytes: BenchmarkData.count / 16) {
        data.referenceFP8ToINT4(rows: BenchmarkData.rows / 16)
      })
    var seconds = [[Double]](repeating: [], count: subjects.count)
    for _ in 0..<max(1, rounds) {
      for (i, subject) in subjects.enumerated() {
        let repeats = subject.isSlow ? 1 : 4
        let start = threadSeconds()
        for _ in 0..<repeats { subject.run() }
        seconds[i].append((threadSeconds() - start) / Double(repeats))
      }
    }
    print("{")
    print("  \"schema\": \"ckpt.benchmark.kernels/1\",")
    print("  \"unit\": \"GB/s of input, one core, thread CPU time, median of \(rounds)\",")
    print("  \"working_set\": \"\(BenchmarkData.rows) rows of \(BenchmarkData.columns)\",")
    print("  \"level_in_use\": \"\(Level.current)\",")
    print("  \"results\": [")
    for (i, subject) in subjects.enumerated() {
      let rate = Double(subject.inputBytes) / seconds[i].sorted()[seconds[i].count / 2] / 1e9
      let rounded = (rate * 1000).rounded() / 1000
      let comma = i + 1 < subjects.count ? "," : ""
      print(
        "    {\"kernel\": \"\(subject.kernel)\", \"level\": \"\(subject.level)\", \"gb_per_s\": \(rounded)}\(comma)")
    }
    print("  ]")
    print("}")
  }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

struct Subject {
  var kernel: String
  var level: String
  var inputBytes: Int
  var isSlow = false
  var run: () -> Void
}

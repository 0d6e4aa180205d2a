#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The natural logarithm.
package func logarithm(_ value: Double) -> Double { log(value) }

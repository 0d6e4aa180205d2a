#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

// Names of files that one process writes whole before it renames them: no other process has the same, on any machine
// that shares the folder, and what a dead process left can be told from what a living one needs.
//
//     .ckpt-<machine>-<process>-<random>.partial

private let prefix = ".ckpt-"
private let suffix = ".partial"

/// Eight hex digits for this start of this machine, and for the numbers of processes that are seen here.
private let machine: String = {
  var text = ""
  for path in ["/proc/sys/kernel/random/boot_id", "/proc/sys/kernel/hostname"] {
    text += String(decoding: (try? FileAccess.system.readSmall(path)) ?? [], as: UTF8.self)
  }
  text += FileAccess.system.linkTarget("/proc/self/ns/pid") ?? ""
  return String(SHA256Digest(of: text).hex.prefix(8))
}()

/// Which machine this is, as long as it has its name: for what was seen of files by their device and inode.
let machineName: String = {
  var text = ""
  for path in ["/etc/machine-id", "/proc/sys/kernel/hostname"] {
    text += String(decoding: (try? FileAccess.system.readSmall(path)) ?? [], as: UTF8.self)
  }
  return String(SHA256Digest(of: text).hex.prefix(16))
}()

let nonceDigits = 16

/// Sixteen hex digits that nothing else has.
func nonce() -> String {
  let text = String(UInt64.random(in: 0 ... .max), radix: 16)
  return String(repeating: "0", count: nonceDigits - text.utf8.count) + text
}

extension FileAccess {
  static func isPrivateName(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(suffix) }

  func privateName(in folder: String) -> String {
    joinPath(folder, "\(prefix)\(machine)-\(getpid())-\(nonce())\(suffix)")
  }

  /// Removes what dead processes of this machine left under names of their own. What cannot be removed stays.
  func sweepPrivateFiles(in folder: String) {
    for name in (try? list(folder)) ?? [] where Self.isPrivateName(name) {
      let parts = name.dropFirst(prefix.count).dropLast(suffix.count).split(
        separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == machine, let process = pid_t(parts[1]), process > 0 else { continue }
      if kill(process, 0) != 0, errno == ESRCH { try? remove(joinPath(folder, name)) }
    }
  }
}

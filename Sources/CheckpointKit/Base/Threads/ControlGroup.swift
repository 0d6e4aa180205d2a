/// The control groups (cgroups) that this process lies in, as the kernel shows them.
///
/// | file | says |
/// |---|---|
/// | `/proc/self/cgroup` | for each hierarchy `number:controllers:path`; version 2 has number 0 and no controllers |
/// | `/proc/self/mountinfo` | where hierarchies are mounted, and which of their groups is the root of the mount |
///
/// Batch systems, systemd and containers nest groups: a limit of any group above the process's own holds for it too, so
/// all of them are looked at, up to the root of the mount. (`man 7 cgroups`, `man 5 proc`.)
struct ControlGroup {
  /// What stands before every path; empty but in tests.
  private let root: String

  init(root: String = "") { self.root = root }

  /// The least limit of memory on the way up, version 1 and version 2 alike; nil where there is none.
  var memoryLimit: Int? {
    var least: Int?
    for folder in folders(of: "memory") {
      for file in ["memory.max", "memory.limit_in_bytes"] {
        // "max" is no number, and version 1 says "none" with one near 2^63.
        guard let limit = numbers(in: joinPath(folder, file)).first ?? nil, limit > 0, limit < 1 << 60 else { continue }
        least = min(least ?? limit, limit)
      }
    }
    return least
  }

  /// The least share of processors on the way up, in processors; nil where there is none.
  var processorQuota: Double? {
    var least: Double?
    for folder in folders(of: "cpu") {
      let shares = [
        numbers(in: joinPath(folder, "cpu.max")),
        numbers(in: joinPath(folder, "cpu.cfs_quota_us")) + numbers(in: joinPath(folder, "cpu.cfs_period_us")),
      ]
      for share in shares where share.count == 2 {
        guard let quota = share[0], let period = share[1], quota > 0, period > 0 else { continue }
        least = min(least ?? .infinity, Double(quota) / Double(period))
      }
    }
    return least
  }

  /// The folders of the process's own groups that may have files of a controller, and of all groups above them.
  func folders(of controller: String) -> [String] {
    let mounts = lines("/proc/self/mountinfo").compactMap { Mount($0) }
    var folders: [String] = []
    for line in lines("/proc/self/cgroup") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains(Substring(controller)) else { continue }
      for mount in mounts where mount.isUnified == isUnified && (isUnified || mount.controllers.contains(controller)) {
        folders += mount.folders(of: String(parts[2])).map { root + $0 }
      }
    }
    return folders
  }

  private func lines(_ path: String) -> [Substring] {
    guard let bytes = try? FileAccess.system.readSmall(root + path) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  /// The words of a file, nil for what is no number.
  private func numbers(in path: String) -> [Int?] {
    guard let bytes = try? FileAccess.system.readSmall(path) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\n" }).map { Int($0) }
  }

  /// A line of mountinfo that mounts a hierarchy of control groups.
  private struct Mount {
    /// Which group of the hierarchy is seen at the mount point.
    let top: String
    let point: String
    let isUnified: Bool
    let controllers: Set<String>

    /// `36 35 0:32 /group /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory`; any number of fields before the dash.
    init?(_ line: Substring) {
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3,
        fields[dash + 1] == "cgroup" || fields[dash + 1] == "cgroup2"
      else { return nil }
      top = Self.unescaped(fields[3])
      point = Self.unescaped(fields[4])
      isUnified = fields[dash + 1] == "cgroup2"
      controllers = Set(fields[dash + 3].split(separator: ",").map(String.init))
    }

    /// `\040` for a space, and the like.
    private static func unescaped(_ text: Substring) -> String {
      var bytes: [UInt8] = []
      var rest = Array(text.utf8)[...]
      while let byte = rest.popFirst() {
        let digits = rest.prefix(3)
        if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
          bytes.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
          rest = rest.dropFirst(3)
        } else {
          bytes.append(byte)
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    /// The folder of a group, and those above it up to the mount point. Of a group outside the mount, as a namespace
    /// shows it, the mount point alone.
    func folders(of group: String) -> [String] {
      let top = top == "/" ? "" : top
      var names = group == top ? [] : group.split(separator: "/")
      if !top.isEmpty, group != top {
        guard group.hasPrefix(top + "/") else { return [point] }
        names = group.dropFirst(top.count + 1).split(separator: "/")
      }
      if names.contains("..") { return [point] }
      return (0...names.count).map { ([point] + names.dropLast($0).map(String.init)).joined(separator: "/") }
    }
  }
}

import Foundation
import Testing

@testable import CheckpointKit

@Suite("Control groups")
struct ControlGroupTests {
  /// A tree like the kernel's, in a folder of its own.
  private func limit(cgroup: String, mounts: String, _ files: [String: String]) throws -> Int? {
    try groups(cgroup, mounts, files) { $0.memoryLimit }
  }

  private func groups<R>(
    _ cgroup: String, _ mounts: String, _ files: [String: String], _ body: (ControlGroup) -> R
  ) throws -> R {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("ckpt-cgroup-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: root) }
    let kernel = ["proc/self/cgroup": cgroup, "proc/self/mountinfo": mounts]
    for (path, content) in files.merging(kernel, uniquingKeysWith: { a, _ in a }) {
      let url = URL(fileURLWithPath: root + "/" + path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(content.utf8).write(to: url)
    }
    return body(ControlGroup(root: root))
  }

  private let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
  private let legacy =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    + "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"

  @Test("the limit of the process's own group of version 2 counts, and of those above it")
  func versionTwo() throws {
    let cgroup = "0::/system.slice/slurm/job_7\n"
    let base = "sys/fs/cgroup/system.slice/"
    #expect(
      try limit(cgroup: cgroup, mounts: unified, [base + "slurm/job_7/memory.max": "1048576\n"]) == 1 << 20)
    #expect(
      try limit(
        cgroup: cgroup, mounts: unified,
        [
          base + "slurm/job_7/memory.max": "max\n", base + "slurm/memory.max": "3000000\n",
          base + "memory.max": "2000000\n",
        ]) == 2_000_000)
    #expect(try limit(cgroup: cgroup, mounts: unified, [base + "slurm/job_7/memory.max": "max\n"]) == nil)
    // A group beside the way up is another's.
    #expect(try limit(cgroup: cgroup, mounts: unified, [base + "slurm/job_8/memory.max": "5\n"]) == nil)
  }

  @Test("the limit of a group of version 1 counts, also where both versions are mounted")
  func versionOne() throws {
    let file = "sys/fs/cgroup/memory/batch/7/memory.limit_in_bytes"
    #expect(try limit(cgroup: "4:memory:/batch/7\n", mounts: legacy, [file: "209715200\n"]) == 200 << 20)
    let hybrid = "5:cpu,memory:/batch/7\n0::/user.slice\n"
    let mounts =
      "32 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,cpu,memory\n"
      + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
    #expect(
      try limit(
        cgroup: hybrid, mounts: mounts,
        [
          "sys/fs/cgroup/memory/batch/7/memory.limit_in_bytes": "9223372036854771712\n",
          "sys/fs/cgroup/memory/batch/memory.limit_in_bytes": "4000000\n",
          "sys/fs/cgroup/unified/user.slice/memory.max": "3000000\n",
        ]) == 3_000_000)
  }

  @Test("a mount that shows a part of the hierarchy is read from there on")
  func partialMounts() throws {
    let mounts = "36 35 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    #expect(
      try limit(
        cgroup: "4:memory:/docker/abc/inner\n", mounts: mounts,
        [
          "sys/fs/cgroup/memory/inner/memory.limit_in_bytes": "6000000\n",
          "sys/fs/cgroup/memory/memory.limit_in_bytes": "5000000\n",
        ]) == 5_000_000)
    // The namespace of the container hides its own path.
    #expect(
      try limit(
        cgroup: "4:memory:/\n", mounts: mounts, ["sys/fs/cgroup/memory/memory.limit_in_bytes": "5000000\n"])
        == 5_000_000)
    #expect(
      try limit(
        cgroup: "0::/../other\n", mounts: unified, ["sys/fs/cgroup/memory.max": "7000000\n"]) == 7_000_000)
  }

  @Test("the share of processors of the process's own group counts, in both versions")
  func processors() throws {
    let two = ["sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "sys/fs/cgroup/a/cpu.max": "150000 100000\n"]
    #expect(try groups("0::/a/b\n", unified, two) { $0.processorQuota } == 1.5)
    let mounts = "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
    let one = ["sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n"]
    #expect(try groups("1:cpu:/a\n", mounts, one) { $0.processorQuota } == nil)
    let quota = one.merging(["sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "250000\n"]) { $1 }
    #expect(try groups("1:cpu:/a\n", mounts, quota) { $0.processorQuota } == 2.5)
  }

  @Test("nothing is made of lines that are none")
  func oddLines() throws {
    #expect(try limit(cgroup: "nonsense\n0:\n::\n", mounts: "1 2 3\n - cgroup2\n", [:]) == nil)
  }
}

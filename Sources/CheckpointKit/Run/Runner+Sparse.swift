extension Runner {
  /// Makes every file of the plan with its true header and length, its data one hole, and completes the result.
  ///
  /// Nothing is computed and no disk space is needed: for looking at a checkpoint of any size. Holes read as zeros.
  public func writeSparse(_ finishing: Finishing) throws(CheckpointError) {
    if try !folder.check(plan) { try folder.begin(plan, place) }
    let results = parallelMap(count: plan.files.count, threads: options.threads) {
      [self] number -> CheckpointError? in
      do throws(CheckpointError) {
        try makeHole(plan.files[number])
        return nil
      } catch { return error }
    }
    if let error = results.lazy.compactMap({ $0 }).first { throw error }
    try files.syncDirectory(folder.destination)
    try complete(finishing, digests: nil)
  }

  private func makeHole(_ file: Plan.File) throws(CheckpointError) {
    let final = folder.finalFile(file)
    if try files.status(final)?.size == file.byteCount { return }
    let partial = folder.partialFile(file)
    let opened = try OpenFile(updating: partial, files)
    try opened.setLength(file.byteCount)
    try opened.write(plan.header(of: file), at: 0)
    try opened.sync()
    try files.rename(partial, to: final)
  }
}

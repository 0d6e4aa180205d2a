extension Runner {
  /// Makes every file of the plan with its true header and length, its data one hole, and completes the result.
  ///
  /// Nothing is computed and no disk space is needed: for looking at a checkpoint of any size. Holes read as zeros.
  public func performSparse(_ finishing: Finishing) throws(CheckpointError) -> Outcome {
    try perform(takesSpace: false) { (runner) throws(CheckpointError) in
      try runner.makeHoles(finishing)
      return Outcome()
    }
  }

  private func makeHoles(_ finishing: Finishing) throws(CheckpointError) {
    let results = parallelMap(count: plan.files.count, threads: options.threads) { [self] number -> CheckpointError? in
      do throws(CheckpointError) {
        try makeHole(number)
        return nil
      } catch { return error }
    }
    if let error = results.lazy.compactMap({ $0 }).first { throw error }
    try files.syncDirectory(folder.destination)
    try complete(finishing, digests: nil)
  }

  private func makeHole(_ number: Int) throws(CheckpointError) {
    let file = plan.files[number]
    let final = folder.finalFile(file)
    if try files.status(final)?.size == file.byteCount { return }
    let path = files.privateName(in: folder.temporaryFolder)
    let opened = try OpenFile(creating: path, files)
    try opened.setLength(file.byteCount)
    try opened.write(plan.header(of: file), at: 0)
    try opened.sync()
    try files.rename(path, to: final)
  }
}

internal import CheckpointKit

/// Plans the file of a vision tower and its projector, which llama.cpp wants beside the text model's: `mmproj-…`.
///
/// It is never quantized: F32 and F16 where the recipe is that, BF16 for every other, and F32 where llama.cpp's converter
/// keeps F32.
struct ProjectorPlanner {
  enum Result {
    /// With what there is to say of it.
    case file(GGUFFileDraft, GGUFSpec, [Finding])
    /// Why there can be none.
    case impossible(Finding)
  }

  private let binding: Binding
  private let model: ModelLayout
  private let places: [Int]
  private let spec: GGUFSpec
  private let layout: GGUFLayout
  private let options: ConvertOptions
  /// `general.file_type`, and the dtype of what is not kept at F32.
  private let type: (number: UInt32, dtype: DType)

  /// nil where the checkpoint has no tower, or the file's form is not known.
  init?(
    _ binding: Binding, _ model: ModelLayout, _ places: [Int], recipe: Recipe, options: ConvertOptions,
    library: SpecLibrary
  ) throws(CheckpointError) {
    guard let spec = try library.projector(model) else { return nil }
    layout = try GGUFLayout(spec, of: model, in: binding)
    if layout.tensors.isEmpty { return nil }
    self.binding = binding
    self.model = model
    self.places = places
    self.spec = spec
    self.options = options
    // Numbers of llama_ftype, llama.h.
    type =
      switch recipe.mix?.fileType ?? recipe.fileType {
      case 0: (0, .f32)
      case 1: (1, .f16)
      default: (32, .bf16)
      }
  }

  func plan() throws(CheckpointError) -> Result {
    let checkpoint = binding.checkpoint
    let stated = try Preprocessor.keys(in: checkpoint.folder, checkpoint.files)
    guard let preprocessor = stated ?? spec.preprocessor else {
      return impossible("there is no \(Preprocessor.fileName), which says how pixels enter the tower")
    }
    let entries: [GGUFEntry]
    do throws(CheckpointError) {
      entries = try spec.entries(of: model, documents: ["preprocessor": preprocessor])
    } catch {
      guard error.code == .configKey else { throw error }
      return impossible("with config.json and \(Preprocessor.fileName), \(error.problem)")
    }
    var file = GGUFFileDraft()
    for tensor in layout.tensors { file.add(tensor, from: places, as: PlainLayout(dtype(of: tensor))) }
    let general = try GeneralMetadata(
      of: checkpoint, name: options.modelName, counts: layout.parameterCounts, type: "mmproj")
    file.fields =
      [GGUFEntry("general.architecture", text: spec.architecture)] + general.entries + entries + [
        GGUFEntry("general.file_type", uint32: type.number), GGUFEntry("general.quantization_version", uint32: 2),
      ]
    return .file(file, spec, stated == nil ? [usualPreprocessor(preprocessor)] : [])
  }

  private func dtype(of tensor: GGUFLayout.Tensor) -> DType {
    switch tensor.kept {
    case .f32: .f32
    case .f32OrF16: type.dtype == .f16 ? .f16 : .f32
    case nil: type.dtype
    }
  }

  private func usualPreprocessor(_ keys: JSONValue) -> Finding {
    Finding(
      .warning, .processorMissing, file: Preprocessor.fileName,
      "is missing, which says how pixels enter the vision tower: mmproj-….gguf gets what the published models of this family have, "
        + keys.text(),
      hint: "of a fine-tune, get the file of its repository and convert again")
  }

  private func impossible(_ reason: String) -> Result {
    .impossible(
      Finding(
        .warning, .tensorOmitted, "their file mmproj-….gguf cannot be made: \(reason)",
        hint: "take \(Preprocessor.fileName) from the original repository; the text model is converted without it"))
  }
}

extension ProjectorPlanner.Result {
  var file: GGUFFileDraft? { if case .file(let file, _, _) = self { file } else { nil } }
  var spec: GGUFSpec? { if case .file(_, let spec, _) = self { spec } else { nil } }
  var findings: [Finding] { if case .file(_, _, let findings) = self { findings } else { [] } }
}

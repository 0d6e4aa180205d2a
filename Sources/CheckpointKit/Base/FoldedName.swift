/// A name as a person may type it: without case, `-` and `_` alike.
public func foldedName(_ name: String) -> String {
  String(name.lowercased().map { $0 == "_" ? "-" : $0 })
}

// Why a container was refused, as facts and in words.

/// A fact that stopped a container from being read.
public enum ContainerError: Error, Equatable, Sendable {
  /// The file does not begin as containers do.
  case foreign
  /// The layout is of a later fq.
  case newer(version: Int)
  /// The file ends inside a section.
  case truncated(section: String)
  /// The bytes of a section are not those that were written.
  case corrupt(section: String)
  /// A section that is needed is not there.
  case missing(section: String)
  /// A section is not of the shape that is needed.
  case malformed(section: String, reason: String)
  /// The container holds something else.
  case otherKind(found: String, wanted: String)
}

extension ContainerError {
  /// The fact as the end of a sentence about the file.
  public var message: String {
    switch self {
    case .foreign: "is no file of fq: it does not begin as one"
    case .newer(let version):
      "was written by a newer fq: its layout is version \(version), this one reads "
        + "\(Container.version)"
    case .truncated(let section): "ends too early, inside the section `\(section)`"
    case .corrupt(let section): "is damaged: the section `\(section)` is not what was written"
    case .missing(let section): "lacks the section `\(section)`"
    case .malformed(let section, let reason):
      "cannot be used: the section `\(section)` does not fit, \(reason)"
    case .otherKind(let found, let wanted): "holds a \(found), not a \(wanted)"
    }
  }
}

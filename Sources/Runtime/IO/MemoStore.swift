// A folder of containers by key: what was computed once, and what is on its way.
//
// A key is 64 hexadecimal digits; `KEY.fit` is a result, `KEY.partial0` and `KEY.partial1` are the
// last two states on the way to it, written in turn so that one of them is whole at any moment.
// Several processes may share the folder: files are replaced all at once, and the last one wins.
// Goals, in order: never lose what is good, never use what is bad, remove only what is fq's own.
// Beyond a limit the files that were not used for the longest time go first.

/// Results and states on the way to them, kept in a folder.
public struct MemoStore: Sendable {
  /// The folder.
  public let path: String
  /// The bytes that `trim` leaves; nil for any number.
  public let limit: Int?
  private let calls: WriteCalls

  /// The folder that the environment asks for; nil if it asks for none.
  public static func usualPath(_ environment: (String) -> String?) -> String? {
    if let path = environment("FQ_CACHE") { return path.isEmpty ? nil : path }
    if let folder = environment("XDG_CACHE_HOME"), folder.hasPrefix("/") { return folder + "/fq" }
    return environment("HOME").flatMap { $0.hasPrefix("/") ? $0 + "/.cache/fq" : nil }
  }

  /// Opens a folder, making it if need be, and sweeps what processes that died left half-written.
  public init(
    opening path: String, limit: Int? = nil, calls: WriteCalls = .system
  ) throws(FileError) {
    (self.path, self.limit, self.calls) = (path, limit, calls)
    try FileSystem.makeFolders(path)
    for name in try FileSystem.list(path) {
      guard let target = DurableWrite.abandonedTarget(of: name), Entry(target, size: 0) != nil
      else { continue }
      // Another process may have swept it, or the folder may be read-only: no reason to stop.
      try? FileSystem.remove(path + "/" + name)
    }
  }

  /// What a file of the store is.
  public struct Entry: Sendable, Equatable {
    /// A result, or one of the two states on the way.
    public enum Role: Sendable, Hashable {
      case result
      case partial(Int)

      var ending: String {
        switch self {
        case .result: "fit"
        case .partial(let slot): "partial\(slot)"
        }
      }
    }

    /// The name of the file.
    public let name: String
    public let key: String
    public let role: Role
    /// Bytes.
    public let size: Int

    /// Reads a name; nil if the file is not of the store.
    init?(_ name: String, size: Int) {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, MemoStore.isKey(parts[0]) else { return nil }
      let roles = [Role.result, .partial(0), .partial(1)]
      guard let role = roles.first(where: { $0.ending == parts[1] }) else { return nil }
      (self.name, key, self.role, self.size) = (name, String(parts[0]), role, size)
    }
  }

  /// The store's files by name.
  public func entries() throws(FileError) -> [Entry] {
    try FileSystem.list(path).compactMap { name in
      FileSystem.size(of: path + "/" + name).flatMap { Entry(name, size: $0) }
    }
  }

  /// Whether a text can be a key.
  static func isKey(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// The file for a key.
  public func file(_ key: String, _ role: Entry.Role) -> String {
    precondition(Self.isKey(key))
    return "\(path)/\(key).\(role.ending)"
  }

  /// Reads a file; nil if there is none.
  public func read(_ key: String, _ role: Entry.Role) throws -> Container? {
    let file = file(key, role)
    guard FileSystem.exists(file) else { return nil }
    FileSystem.touch(file)
    return try Container(decoding: try FileSystem.read(file))
  }

  /// Writes a file. One in its place that is not of fq stays, and the write is refused.
  public func write(_ container: Container, _ key: String, _ role: Entry.Role) throws {
    let file = file(key, role)
    guard !FileSystem.exists(file) || isOwn(file) else { throw ContainerError.foreign }
    try DurableWrite.replace(file, with: container.encoded, calls: calls)
  }

  /// Removes a file if it is fq's own; tells whether it was.
  @discardableResult
  public func remove(_ key: String, _ role: Entry.Role) -> Bool {
    let file = file(key, role)
    guard isOwn(file) else { return false }
    return (try? FileSystem.remove(file)) != nil
  }

  /// Removes files, those first that were not used for the longest time, until the rest has at most
  /// so many bytes; gives what was removed. A fit that runs writes its states every few seconds, so
  /// they are the last to go.
  @discardableResult
  public func trim(to bytes: Int) throws(FileError) -> [Entry] {
    let files = try entries().map { (used: used($0), entry: $0) }
      .sorted { ($0.used, $0.entry.name) < ($1.used, $1.entry.name) }
    var excess = files.reduce(-bytes) { $0 + $1.entry.size }
    var removed: [Entry] = []
    for (_, entry) in files where excess > 0 && remove(entry.key, entry.role) {
      removed.append(entry)
      excess -= entry.size
    }
    return removed
  }

  /// When a file was last written or read, in nanoseconds since 1970; zero if it is gone.
  public func used(_ entry: Entry) -> Int { FileSystem.time(of: file(entry.key, entry.role)) ?? 0 }

  // What fq wrote begins as containers do, even if it was damaged later; an empty file is nobody's.
  private func isOwn(_ file: String) -> Bool {
    guard let file = try? MappedFile(file) else { return false }
    return withExtendedLifetime(file) {
      file.bytes.isEmpty || file.bytes.starts(with: Container.magic.prefix(4))
    }
  }
}

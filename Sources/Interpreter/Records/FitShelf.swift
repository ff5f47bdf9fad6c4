// The folder of kept fits that a session uses, opened when the first fit asks for it.

import FactorRuntime
import Models

/// Where fits are kept, as the command line and the environment say.
public final class FitShelf: Sendable {
  let path: String
  private let limit: Int?
  private let interval: Double
  private let threshold: Double
  private let calls: WriteCalls
  private enum State {
    case closed
    case open(FitStore)
    case unusable
  }
  private let state = Guarded(State.closed)

  /// Names a folder; `interval` seconds lie between checkpoints, and fits that take less than
  /// `threshold` seconds are not kept. Beyond `limit` bytes those go that were not used the longest.
  public init(
    _ path: String, interval: Double = 10, threshold: Double = 1, limit: Int? = nil,
    calls: WriteCalls = .system
  ) {
    (self.path, self.interval, self.threshold) = (path, interval, threshold)
    (self.limit, self.calls) = (limit, calls)
  }

  /// What the folder may hold where nothing is said: some thousands of fits.
  static let usualLimit = 10 << 30

  /// The folder that the environment asks for; nil if it asks for none.
  static func usual(interval: Double, limit: Int?) -> FitShelf? {
    MemoStore.usualPath(FileSystem.environment).map {
      FitShelf($0, interval: interval, limit: limit ?? usualLimit)
    }
  }

  /// The store; nil if it cannot be used, of which `note` hears once.
  func store(_ note: (String) -> Void) -> FitStore? {
    let (store, complaint) = state.change {
      [path, interval, threshold, limit, calls] state -> (FitStore?, String?) in
      switch state {
      case .open(let store): return (store, nil)
      case .unusable: return (nil, nil)
      case .closed:
        do throws(FileError) {
          let files = try MemoStore(opening: path, limit: limit, calls: calls)
          let store = FitStore(files, interval: interval, threshold: threshold)
          state = .open(store)
          return (store, nil)
        } catch {
          state = .unusable
          return (nil, "fits are not kept: \(error.message)")
        }
      }
    }
    if let complaint { note(complaint) }
    return store
  }
}

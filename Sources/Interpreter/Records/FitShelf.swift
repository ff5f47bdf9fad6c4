// The folder of kept fits that a session uses, opened when the first fit asks for it.

import FactorRuntime
import Models

/// Where fits are kept, as the command line and the environment say.
public final class FitShelf: Sendable {
  let path: String
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
  /// `threshold` seconds are not kept.
  public init(
    _ path: String, interval: Double = 10, threshold: Double = 1, calls: WriteCalls = .system
  ) {
    (self.path, self.interval, self.threshold) = (path, interval, threshold)
    self.calls = calls
  }

  /// The folder that the environment asks for; nil if it asks for none.
  static func usual(interval: Double) -> FitShelf? {
    MemoStore.usualPath(FileSystem.environment).map { FitShelf($0, interval: interval) }
  }

  /// The store; nil if it cannot be used, of which `note` hears once.
  func store(_ note: (String) -> Void) -> FitStore? {
    let (store, complaint) = state.change {
      [path, interval, threshold, calls] state -> (FitStore?, String?) in
      switch state {
      case .open(let store): return (store, nil)
      case .unusable: return (nil, nil)
      case .closed:
        do throws(FileError) {
          let files = try MemoStore(opening: path, calls: calls)
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

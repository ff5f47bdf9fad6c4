// A cell that runs while the prompt waits. It has a thread of its own, so that work which does not hear
// Ctrl-C, such as a read from a device, can be left behind without losing the session.

import FactorLang
import FactorRuntime

/// One run of a cell.
final class ForegroundRun: Sendable {
  private let status = Guarded<CellStatus?>(nil)
  private let sink: Guarded<(any EventSink)?>
  private let end: WakingPipe

  /// How long the second Ctrl-C waits before the work is left behind.
  private static let grace = Duration.milliseconds(400)

  /// Starts; nil where the system gives neither pipe nor thread.
  init?(_ source: Source, in session: Session, to sink: any EventSink) {
    guard let end = WakingPipe() else { return nil }
    (self.end, self.sink) = (end, Guarded(sink))
    // The prompt does nothing with the session until this has ended or was left behind for good.
    nonisolated(unsafe) let session = session
    // The session runs on a large stack of its own; this thread only waits for it.
    Parallel.detached(stackBytes: 1 << 18) { [self] in
      let status = session.run(source, to: RelayedEvents(self.sink))
      self.status.change { $0 = status }
      self.end.wake()
    }
  }

  /// Waits for the end; nil if it did not come although Ctrl-C was pressed twice.
  func wait() -> CellStatus? {
    var since: ContinuousClock.Instant?
    while !end.wait(milliseconds: 50) {
      guard Interrupts.pressesNow >= Interrupts.patience else { continue }
      let second = since ?? .now
      since = second
      if ContinuousClock.now - second > Self.grace {
        sink.change { $0 = nil }
        return nil
      }
    }
    end.close()
    return status.read { $0 }
  }
}

/// Hands events on as long as somebody listens.
private final class RelayedEvents: EventSink {
  private let sink: Guarded<(any EventSink)?>

  init(_ sink: Guarded<(any EventSink)?>) { self.sink = sink }

  func send(_ event: Event) { sink.read { $0 }?.send(event) }
}

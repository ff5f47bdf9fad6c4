// The only file that starts threads.
//
// Work is split by data index into numbered blocks; a block's result may depend on its number and
// never on the thread that ran it, so the thread count cannot change a bit.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import Synchronization

/// Runs independent numbered blocks of work side by side.
public enum Parallel {
  /// The number of processors this process may run on.
  public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The bytes of memory this machine has.
  public static var physicalMemory: Int {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    return pages > 0 && size > 0 ? pages * size : .max
  }

  /// Calls `body` once for every number below `count`, on at most `threads` threads at a time.
  ///
  /// Blocks are handed out in ascending order. The caller's thread works too.
  public static func blocks(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let helpers = min(threads, count) - 1
    guard helpers > 0 else {
      for block in 0..<max(0, count) { body(block) }
      return
    }
    let queue = BlockQueue(count: count, body: body)
    let running = (0..<helpers).compactMap { _ in start(queue.drain) }
    queue.drain()
    for thread in running { pthread_join(thread, nil) }
  }

  /// Calls `body` for every number below `count`, and gives the results in the order of the numbers.
  public static func map<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Result
  ) -> [Result] {
    let results = Mutex<[Int: Result]>([:])
    blocks(count, threads: threads) { block in
      let result = body(block)
      results.withLock { $0[block] = result }
    }
    return results.withLock { finished in (0..<max(0, count)).compactMap { finished[$0] } }
  }

  /// A thread that runs until its body ends.
  struct Thread: @unchecked Sendable {
    fileprivate let handle: pthread_t
    /// Waits for its end.
    func join() { pthread_join(handle, nil) }
  }

  /// Starts a thread; nil where the system gives none.
  static func startThread(_ body: @escaping @Sendable () -> Void) -> Thread? {
    start(body).map(Thread.init)
  }

  /// Runs `body` on a thread with a stack of the given size and waits for it.
  public static func onLargeStack(bytes: Int, _ body: @escaping @Sendable () -> Void) {
    guard let thread = start(body, stackBytes: bytes) else { return body() }
    pthread_join(thread, nil)
  }

  /// Starts work that nobody waits for; where the system gives no thread, it is done at once.
  public static func detached(stackBytes: Int, _ body: @escaping @Sendable () -> Void) {
    guard let thread = start(body, stackBytes: stackBytes) else { return body() }
    pthread_detach(thread)
  }

  private static func start(
    _ body: @escaping @Sendable () -> Void, stackBytes: Int = 8 << 20
  ) -> pthread_t? {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackBytes)
    let box = Unmanaged.passRetained(ThreadBody(body))
    #if canImport(Glibc)
      var thread = pthread_t()
      let status = pthread_create(&thread, &attributes, runThreadBody, box.toOpaque())
      if status == 0 { return thread }
    #else
      var thread: pthread_t?
      let status = pthread_create(&thread, &attributes, runThreadBodyDarwin, box.toOpaque())
      if status == 0 { return thread }
    #endif
    box.release()
    return nil
  }
}

private final class BlockQueue: Sendable {
  let count: Int
  let body: @Sendable (Int) -> Void
  let next = Atomic<Int>(0)

  init(count: Int, body: @escaping @Sendable (Int) -> Void) {
    self.count = count
    self.body = body
  }

  @Sendable func drain() {
    while true {
      let block = next.add(1, ordering: .relaxed).oldValue
      if block >= count { return }
      body(block)
    }
  }
}

/// Where threads sleep until a condition no longer holds.
final class SleepGate: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let signal = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(signal, nil)
  }

  deinit {
    pthread_cond_destroy(signal)
    pthread_mutex_destroy(mutex)
    signal.deallocate()
    mutex.deallocate()
  }

  /// Sleeps as long as the condition holds; it is looked at again after each change.
  func sleep(while condition: () -> Bool) {
    pthread_mutex_lock(mutex)
    while condition() { pthread_cond_wait(signal, mutex) }
    pthread_mutex_unlock(mutex)
  }

  /// Changes what sleepers wait for, and wakes them.
  func change(_ body: () -> Void) {
    pthread_mutex_lock(mutex)
    body()
    pthread_cond_broadcast(signal)
    pthread_mutex_unlock(mutex)
  }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThreadBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
  return nil
}

#if !canImport(Glibc)
  private func runThreadBodyDarwin(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
  {
    runThreadBody(argument)
  }
#endif

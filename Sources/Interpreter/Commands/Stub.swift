// temporary
import FactorLang
import FactorRuntime
import Glibc
enum Terminal {
  enum Stream { case output, error }
  static func end(with s: Int32) -> Never { exit(s) }
  static func write(_ t: String, to s: Stream) { var b = Array(t.utf8); _ = unsafe_write(s == .output ? 1 : 2, &b) }
  static func unsafe_write(_ fd: Int32, _ b: inout [UInt8]) -> Int { Glibc.write(fd, b, b.count) }
  static func readStandardInput() -> [UInt8] { var r: [UInt8] = []; var b = [UInt8](repeating: 0, count: 65536); while true { let n = Glibc.read(0, &b, b.count); if n <= 0 { return r }; r += b[0..<n] } }
  static func interrupting(_ budget: Budget, _ body: () -> Void) { body() }
}
struct TextSink: OutputSink {
  let text = EventText()
  func send(_ e: Event) { for l in text.lines(e) { Terminal.write(l + "\n", to: .output) } }
  func speak(_ p: String) { Terminal.write(p + "\n", to: .output) }
  func finish(_ s: ExitStatus) {}
}
enum OutputSinks { static func make(_ a: CommandArguments) -> any OutputSink { TextSink() } }
enum REPL { static func run(session: Session, arguments: CommandArguments) -> Int32 { 0 } }

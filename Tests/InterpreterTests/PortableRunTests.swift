// R5: results that do not depend on the processor. What a machine lacks is masked in the outer
// environment, for fq's kernels, for LAPACK and for the C library.

import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

@Suite struct PortableRunTests {
  private let folder: TemporaryFolder
  private let script: String

  init() throws {
    folder = try TemporaryFolder()
    // Elementary functions, kernels, training, and LAPACK in the regime prior of `cvra`.
    script = try folder.write(
      "portable.fq",
      """
      seed 5
      w = synth world: r_dyn, firms: 40, months: 72, chars: 5
      q = w | derive a = exp(c1) + log(2 + c2) * c3 ^ 3
      show mean(q.a), digits: 17
      t = w | setup target: ret, features: [c1, c2, c3, c4, c5] | split thirds
      m = t | fit cvra, k: 3, seeds: 2, epochs: 6
      n = t | fit ca2, k: 3, seeds: 2, epochs: 6
      p = m | predict on: test
      r = n | predict on: test
      show mean(p.predicted), digits: 17
      show std(r.predicted), digits: 17
      [m, n] | compare on: test
      """)
  }

  private static let noFMA = "glibc.cpu.hwcaps=-AVX2,-FMA"
  // What other machines, or this one with features masked, give to the process.
  private static let machines: [[String: String]] = [
    [:],
    ["OPENBLAS_CORETYPE": "Nehalem", "GLIBC_TUNABLES": noFMA, "FQ_ISA": "baseline"],
    ["OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_L2_SIZE": "2048", "FQ_ISA": "v3"],
    ["OPENBLAS_CORETYPE": "Sandybridge", "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F"],
  ]

  private func digests(
    _ name: String, _ words: [String], _ environment: [String: String] = [:]
  ) throws -> (all: [String], kernels: String?, output: String) {
    let record = "\(folder.path)/\(name).json"
    let found = try ChildProgram.run(
      ["run", script, "--manifest", record, "--no-cache", "--width", "100"] + words,
      environment: environment)
    #expect(found.status == 0, "\(found.output)\(found.errors)")
    let json = try JSON(parsing: FileSystem.read(record))
    let all = json["bindings"]?.items.compactMap { $0["sha256"]?.text } ?? []
    return (all, json["machine"]?["kernels"]?.text, found.output)
  }

  @Test func r5PortableRunsGiveTheSameBitsUnderEveryProcessor() throws {
    let first = try digests("first", ["--portable"])
    #expect(first.all.count > 6 && first.kernels == "portable")
    for (index, machine) in Self.machines.enumerated() {
      let found = try digests("\(index)", ["--portable"], machine)
      #expect(found.all == first.all && found.kernels == "portable", "\(machine)")
      #expect(found.output == first.output, "\(machine)")
    }
  }

  #if os(Linux) && arch(x86_64)
    // Without the flag the masks must be felt, or the test above would prove nothing.
    @Test func theMasksOfTheTestAreFeltWithoutTheFlag() throws {
      let statement =
        "show sum(for i in 1..20000 { exp(log(i * 0.37)) - i * 0.37 }), digits: 17"
      func value(_ words: [String], _ machine: [String: String]) throws -> String {
        try ChildProgram.run(words + ["-c", statement], environment: machine).output
      }
      let level = ["FQ_ISA": "baseline"]
      let masked = try value([], level.merging(["GLIBC_TUNABLES": Self.noFMA]) { $1 })
      let portable = try value(["--portable"], [:])
      #expect(masked == portable)
      if Kernels.named("v3") != nil { #expect(try value([], level) != portable) }
    }
  #endif

  /// Numbers of a text, in order.
  private func numbers(_ text: String) -> [Double] {
    text.split { !"0123456789.-e".contains($0) }.compactMap { Double($0) }
  }

  // Closed forms agree to rounding; training goes on from rounding, and six epochs keep three digits.
  @Test func r5LevelsAgreeToATolerance() throws {
    let levels = ["v4", "v3", "baseline"].filter { Kernels.named($0) != nil }
    let all = try levels.map { level in
      let found = try ChildProgram.run(
        [script, "--no-cache", "--width", "100", "--quiet"], environment: ["FQ_ISA": level])
      return numbers(found.output)
    }
    let first = try #require(all.first)
    #expect(first.count > 10)
    for other in all {
      #expect(other.count == first.count)
      for (a, b) in zip(other, first) { expectClose(a, b, absolute: 1e-6, relative: 1e-3) }
    }
  }

  @Test func wordsStreamsAndStatusAreKept() throws {
    let found = try ChildProgram.run(["--portable", "-c", "show \"a b  é\""])
    #expect(found.status == 0 && found.output.contains("a b  é"))
    #expect(try ChildProgram.run(["-c", "assert 1 == 2", "--portable"]).status == 3)
    let piped = Subprocess.output(
      of: "printf '20 + 22\\n' | '\(ChildProgram.path ?? "fq")' - --portable")
    #expect(piped == "42\n")
  }

  // A process that already has the environment does not start again: it keeps what it was told.
  @Test func aPortableProcessDoesNotStartAgain() throws {
    let environment = Dictionary(
      uniqueKeysWithValues: PortableRun.environment.map { ($0.name, $0.value) })
    let found = try ChildProgram.run(["--portable", "-c", "1 + 1"], environment: environment)
    #expect(found.status == 0 && found.output == "2\n")
  }
}

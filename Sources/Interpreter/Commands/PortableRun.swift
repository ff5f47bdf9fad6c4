// `--portable`: the same bits on every x86-64 machine, for one build of fq and of its libraries.
//
// What chooses code by processor is told to take the code that every machine has: fq's kernels, LAPACK
// (`OPENBLAS_*`, read when it is loaded) and the C library's exp, log, sin and their like. The last are
// chosen before a program's first instruction, from the environment; so fq sets it and becomes itself
// once more, with the same words, the same streams and the same process number.

import FactorRuntime

enum PortableRun {
  static let flag = "--portable"

  /// The environment of a portable run.
  ///
  /// The level has a name of its own, because the libraries too differ from those of `baseline`: records
  /// of runs and keys of kept fits tell the two apart. The size of a cache is given, because OpenBLAS
  /// cuts its blocks by it.
  static let environment: [(name: String, value: String)] = [
    ("FQ_ISA", "portable"), ("OPENBLAS_CORETYPE", "Prescott"), ("OPENBLAS_L2_SIZE", "512"),
    ("OPENBLAS_BLOCK_FACTOR", "0"),
    ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA4,-FMA"),
  ]
  /// Holds the process that has started anew; only that process has both this word and its number.
  private static let marker = "FQ_PORTABLE_PROCESS"

  /// Makes sure that the environment holds; comes back only if it does or with what is wrong.
  static func begin() -> String? {
    #if os(Linux) && arch(x86_64)
      let holds = environment.allSatisfy { FileSystem.environment($0.name) == $0.value }
      if holds { return nil }
      let process = "\(Subprocess.ownNumber)"
      if FileSystem.environment(marker) == process {
        return "\(flag) cannot be had: the system does not let fq set its environment"
      }
      Subprocess.becomeAnew(environment + [(marker, process)])
      return "\(flag) cannot be had: fq could not be started anew"
    #else
      return "\(flag) is for Linux on x86-64, where the same bits can be promised"
    #endif
  }
}

// The tensors of a codebook: its codes, and beside them what is counted of their use.

import FactorRuntime

/// The tensors of a codebook; the last three are no parameters but what is counted of them.
struct CodebookTensors {
  let codes: Int
  /// Moving counts and sums of what codes stood for.
  let counts: Int
  let sums: Int
  /// Steps since a code was used.
  let idle: Int

  init<Scalar>(_ name: String, _ design: StormDesign, _ builder: LayerBuilder<Scalar>) {
    codes = builder.tensor("\(name).codes", rows: design.codes, columns: design.width)
    counts = builder.tensor("\(name).counts", rows: 1, columns: design.codes)
    sums = builder.tensor("\(name).sums", rows: design.codes, columns: design.width)
    idle = builder.tensor("\(name).idle", rows: 1, columns: design.codes)
  }
}

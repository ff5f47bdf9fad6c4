// A codebook: each token is replaced by the code nearest to it, and the gradient goes straight through.
//
// Definition, for N tokens e_i of D numbers and C codes c_k:
//   code         k(i) = argmin_k |e_i - c_k|^2, the first among equals;  q_i = e_i + stop(c_k(i) - e_i)
//   commitment   sum_i |stop(c_k(i)) - e_i|^2 / (N D)
//   codes        sum_i |c_k(i) - stop(e_i)|^2 / (N D)            codebook: grad only
//   diversity    sum_k p_k log p_k, p_k = mean_i softmax_k(-t |e_i - c_k|^2)
//   orthogonality  sum_ij cos(c_i, c_j)^2 / C^2 - 1 / C
// The derivative of q_i by e_i is taken as the identity. With `ema` codes follow moving means instead, and neither
// their own distance nor diversity and orthogonality move them. Missing values: none.
// References: van den Oord, Vinyals and Kavukcuoglu (2017), equation 3; Razavi, van den Oord and Vinyals (2019) for
// the moving means; Shin, Lee and Jung (2023) for orthogonal codes.

import FactorRuntime

/// One thread's share of a batch through a codebook.
final class Codebook<Scalar: NetworkScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  let tensors: CodebookTensors
  private let design: StormDesign
  private unowned let builder: LayerBuilder<Scalar>
  private let width: Int
  private let column: Int
  private let transposed: Buffer
  private let squares: Buffer
  private let scores: Buffer
  private let tokens: Buffer
  private let shares: Buffer
  private let shareSlopes: Buffer
  /// The code of each token.
  let found: UnsafeMutablePointer<Int32>
  /// The codes themselves, token by token: what goes on.
  let output: Buffer
  /// Sums over tokens: squared distances of tokens to their codes, of codes to their tokens, soft shares by code.
  private(set) var distance = (tokens: 0.0, codes: 0.0)
  /// What stops hold still while a difference is taken; nil in training.
  var held: Held?
  let soft: UnsafeMutablePointer<Double>

  init(
    _ name: String, _ design: StormDesign, rows: Int, _ builder: LayerBuilder<Scalar>
  ) {
    tensors = CodebookTensors(name, design, builder)
    (self.design, self.builder, width) = (design, builder, Padding.padded(design.width))
    column = Padding.padded(design.codes)
    transposed = builder.room(width * column)
    squares = builder.room(column)
    scores = builder.room(rows * column)
    tokens = builder.room(width * Padding.padded(rows))
    shares = builder.room(design.codes * Padding.padded(rows))
    shareSlopes = builder.room(design.codes * Padding.padded(rows))
    output = builder.room(rows * width)
    soft = builder.doubles(column)
    found = .allocate(capacity: max(1, rows))
  }

  deinit { found.deallocate() }

  /// Tokens and codes as they were, for differences of a function whose gradient stops there.
  struct Held {
    let found: [Int32]
    let tokens: [Scalar]
    let codes: [Scalar]
  }

  /// Holds the tokens and codes of the last batch still.
  func hold(rows: Int, _ e: UnsafePointer<Scalar>) {
    held = Held(
      found: Array(UnsafeBufferPointer(start: found, count: rows)),
      tokens: Array(UnsafeBufferPointer(start: e, count: rows * width)),
      codes: Array(UnsafeBufferPointer(start: output, count: rows * width)))
  }

  private var codes: Buffer { builder.parameters.weights(tensors.codes) }

  /// Lays the codes out once they have changed.
  func prepare() {
    Scalar.transpose(
      rows: design.codes, width: width, codes, stride: width, into: transposed, length: column)
    for c in 0..<design.codes {
      var sum: Scalar = 0
      for j in 0..<width { sum += codes[c * width + j] * codes[c * width + j] }
      squares[c] = sum
    }
  }

  /// Finds the code of each token.
  func forward(rows: Int, _ e: UnsafePointer<Scalar>) {
    Scalar.product(
      m: rows, n: column, k: design.width, e, (width, 1), transposed, column, scores, column)
    Scalar.nearest(
      scores: RowTile(rows: rows, width: column, scores), codes: design.codes, squares: squares,
      into: found)
    distance = (0, 0)
    for i in 0..<rows {
      let code = codes + Int(found[i]) * width
      var sum = 0.0
      for j in 0..<design.width {
        let gap = Double(code[j]) - Double(e[i * width + j])
        sum += gap * gap
        output[i * width + j] = code[j]
      }
      distance.tokens += sum
      distance.codes += sum
    }
    if let held { stay(held, rows, e) }
    if design.weights.diversity > 0 { share(rows, e) }
  }

  // The same as a function of what is not stopped: e itself behind its codes, and each distance from one side.
  private func stay(_ held: Held, _ rows: Int, _ e: UnsafePointer<Scalar>) {
    distance = (0, 0)
    for i in 0..<rows {
      found[i] = held.found[i]
      for j in 0..<design.width {
        let at = i * width + j
        let gap = Double(held.codes[at]) - Double(e[at])
        let other = Double(codes[Int(found[i]) * width + j]) - Double(held.tokens[at])
        distance.tokens += gap * gap
        distance.codes += other * other
        output[at] = e[at] + held.codes[at] - held.tokens[at]
      }
    }
  }

  // Soft shares by code and token; |e|^2 is common to all codes of a token and cancels.
  private func share(_ rows: Int, _ e: UnsafePointer<Scalar>) {
    let length = Padding.padded(rows)
    let t = Scalar(StormDesign.sharpness)
    Scalar.transpose(
      rows: rows, width: width, e, stride: width, times: 2 * t, into: tokens, length: length)
    Scalar.product(
      m: design.codes, n: length, k: design.width, codes, (width, 1), tokens, length, shares, length
    )
    for c in 0..<design.codes {
      let shift = t * squares[c]
      for i in 0..<length { shares[c * length + i] -= shift }
    }
    Scalar.softmaxColumns(rows: design.codes, width: length, shares)
    for c in 0..<design.codes {
      var sum = 0.0
      for i in 0..<rows { sum += Double(shares[c * length + i]) }
      soft[c] = sum
    }
  }

  /// Adds the gradients of all but orthogonality: `total` is the number of the batch's tokens and `slopes` are those
  /// of the mean soft shares.
  func backward(
    rows: Int, _ e: UnsafePointer<Scalar>, total: Int, slopes: [Double], into target: Buffer,
    inputs: Buffer
  ) {
    let unit = 2 / (Double(max(1, total)) * Double(design.width))
    let pull = Scalar(unit * design.weights.commitment)
    let push = Scalar(design.rule == .grad ? unit : 0)
    let gradients = builder.gradient(tensors.codes, in: target)
    for i in 0..<rows {
      let code = Int(found[i]) * width
      for j in 0..<design.width {
        let gap = e[i * width + j] - codes[code + j]
        inputs[i * width + j] += pull * gap
        gradients[code + j] -= push * gap
      }
    }
    if design.weights.diversity > 0 { unshare(rows, e, slopes, gradients, inputs) }
  }

  private func unshare(
    _ rows: Int, _ e: UnsafePointer<Scalar>, _ slopes: [Double], _ gradients: Buffer,
    _ inputs: Buffer
  ) {
    let length = Padding.padded(rows)
    for c in 0..<design.codes {
      let slope = Scalar(slopes[c])
      for i in 0..<length { shareSlopes[c * length + i] = i < rows ? slope : 0 }
    }
    Scalar.softmaxColumnsBackward(rows: design.codes, width: length, y: shares, shareSlopes)
    let double = 2 * Scalar(StormDesign.sharpness)
    for place in 0..<(design.codes * length) { shareSlopes[place] *= double }
    Scalar.product(
      m: rows, n: width, k: design.codes, shareSlopes, (1, length), codes, width, inputs, width,
      adds: true)
    guard design.rule == .grad else { return }
    Scalar.product(
      m: design.codes, n: width, k: rows, shareSlopes, (length, 1), e, width, gradients, width,
      adds: true)
    for c in 0..<design.codes {
      var sum: Scalar = 0
      for i in 0..<rows { sum += shareSlopes[c * length + i] }
      for j in 0..<design.width { gradients[c * width + j] -= sum * codes[c * width + j] }
    }
  }
}

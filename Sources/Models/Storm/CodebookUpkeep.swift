// What happens to codes beside their gradients: they are drawn from tokens, counted, moved and drawn anew.
//
// Start: the codes are tokens of the first batch, drawn without replacement as far as they reach.
// Moving means (`codebook: ema`): n_k <- .99 n_k + .01 |k|, s_k <- .99 s_k + .01 sum of its tokens, and
//   c_k = s_k / (N (n_k + 1e-5) / (N + C 1e-5)), N = sum n, Laplace's rule.
// Dead codes: one that no token had for 100 steps becomes a random token of the batch, and its moments are forgotten.
// The draws come from a stream that is part of a training's state. Reference: Dhariwal et al. (2020), section 3.1.

import FactorRuntime

/// How much of a codebook is used.
struct CodebookUse: Sendable, Equatable {
  /// Codes that some token has, and exp of the entropy of their shares.
  var used: Double
  var perplexity: Double
  let size: Int

  init(counts: [Int]) {
    let total = Double(max(1, counts.reduce(0, +)))
    size = counts.count
    used = Double(counts.count { $0 > 0 })
    let entropy = counts.reduce(0.0) { sum, count in
      let share = Double(count) / total
      return count > 0 ? sum - share * Elementary.log(share) : sum
    }
    perplexity = total > 0 && used > 0 ? Elementary.exp(entropy) : 0
  }

  init(used: Double, perplexity: Double, size: Int) {
    (self.used, self.perplexity, self.size) = (used, perplexity, size)
  }

  /// Whether nearly all tokens have the same code.
  var isCollapsed: Bool { perplexity < 2 }
}

extension StormNetwork {
  /// The codebooks there are, by name, with the tokens that each meets in the batch in place.
  private var books:
    [(name: String, tensors: CodebookTensors, tokens: [UnsafePointer<Scalar>], found: [Int32])]
  {
    func rows(_ worker: StormWorker<Scalar>, _ isFirm: Bool) -> [UnsafePointer<Scalar>] {
      let (base, count) =
        isFirm ? (worker.firmTokens, worker.firmRows) : (worker.dateTokens, worker.dateRows)
      return (0..<count).map { base + $0 * Padding.padded(design.width) }
    }
    return [("firms", true), ("dates", false)].compactMap { name, isFirm in
      let first = workers[0].books
      guard let book = isFirm ? first.firms : first.dates else { return nil }
      var (tokens, found): ([UnsafePointer<Scalar>], [Int32]) = ([], [])
      for worker in busy {
        let own = rows(worker, isFirm)
        tokens += own
        guard let codes = isFirm ? worker.books.firms : worker.books.dates else { continue }
        found += UnsafeBufferPointer(start: codes.found, count: own.count)
      }
      return (name, book.tensors, tokens, found)
    }
  }

  /// Draws the codes from the tokens of the batch that `encode` put in place.
  func drawCodes(_ stream: inout RandomStream) {
    for book in books {
      var order = Array(book.tokens.indices)
      stream.shuffle(&order)
      for code in 0..<design.codes {
        place(code, book.tensors, book.tokens[order[code % order.count]])
      }
    }
    for worker in busy { worker.prepare() }
  }

  /// Follows the batch in place after a step: counts, moving means, and new places for dead codes.
  func keepCodes(_ stream: inout RandomStream) {
    for book in books {
      let idle = parameters.weights(book.tensors.idle)
      for code in 0..<design.codes { idle[code] += 1 }
      for code in book.found { idle[Int(code)] = 0 }
      if design.rule == .ema { follow(book.tensors, book.tokens, book.found) }
      for code in 0..<design.codes where idle[code] >= Scalar(StormDesign.patience) {
        place(code, book.tensors, book.tokens[stream.below(book.tokens.count)])
      }
    }
  }

  private func place(_ code: Int, _ tensors: CodebookTensors, _ token: UnsafePointer<Scalar>) {
    let width = Padding.padded(design.width)
    for tensor in [tensors.codes, tensors.sums] {
      let at = parameters.tensors[tensor].offset + code * width
      (parameters.weights + at).update(from: token, count: width)
      (parameters.first + at).update(repeating: 0, count: width)
      (parameters.second + at).update(repeating: 0, count: width)
    }
    parameters.weights(tensors.counts)[code] = 1
    parameters.weights(tensors.idle)[code] = 0
  }

  private func follow(
    _ tensors: CodebookTensors, _ tokens: [UnsafePointer<Scalar>], _ found: [Int32]
  ) {
    let (size, width) = (design.width, Padding.padded(design.width))
    let (counts, sums) = (parameters.weights(tensors.counts), parameters.weights(tensors.sums))
    let (old, new) = (Scalar(StormDesign.decay), Scalar(1 - StormDesign.decay))
    for code in 0..<design.codes {
      counts[code] *= old
      for j in 0..<size { sums[code * width + j] *= old }
    }
    for (token, code) in zip(tokens, found) {
      counts[Int(code)] += new
      for j in 0..<size { sums[Int(code) * width + j] += new * token[j] }
    }
    let total = (0..<design.codes).reduce(Scalar(0)) { $0 + counts[$1] }
    let added = Scalar(StormDesign.laplace)
    let codes = parameters.weights(tensors.codes)
    for code in 0..<design.codes {
      let count = total * (counts[code] + added) / (total + Scalar(design.codes) * added)
      for j in 0..<size { codes[code * width + j] = sums[code * width + j] / count }
    }
  }

  /// How often each code of each book is found in some windows, with frozen weights.
  func use(
    _ windows: [StormWindow], _ data: StormWindows
  ) -> (firms: CodebookUse?, dates: CodebookUse?) {
    var counts: [String: [Int]] = [:]
    let most = share * workers.count
    for start in stride(from: 0, to: windows.count, by: most) {
      encode(Array(windows[start..<min(start + most, windows.count)]), data)
      describe()
      for book in books {
        var own = counts[book.name] ?? [Int](repeating: 0, count: design.codes)
        for code in book.found { own[Int(code)] += 1 }
        counts[book.name] = own
      }
    }
    return (counts["firms"].map(CodebookUse.init), counts["dates"].map(CodebookUse.init))
  }
}

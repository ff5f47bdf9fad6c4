// How both codebooks of a fit are used, and what to say of it.

import FactorRuntime

/// The use of the codes of firms and of dates over the training windows.
struct StormUse: Sendable, Equatable {
  let firms: CodebookUse?
  let dates: CodebookUse?

  init(_ use: (firms: CodebookUse?, dates: CodebookUse?)) { (firms, dates) = use }

  /// Six numbers; a codebook that is not there has a size of zero.
  var values: [Double] {
    [firms, dates].flatMap { book in
      book.map { [$0.used, $0.perplexity, Double($0.size)] } ?? [0, 0, 0]
    }
  }

  init(_ values: [Double]) throws {
    guard values.count == 6, values.allSatisfy({ $0.isFinite && $0 >= 0 && $0 < 1e6 }) else {
      throw ContainerError.malformed(section: "use", reason: "six numbers are needed")
    }
    func book(_ at: Int) -> CodebookUse? {
      values[at + 2] > 0
        ? CodebookUse(used: values[at], perplexity: values[at + 1], size: Int(values[at + 2]))
        : nil
    }
    (firms, dates) = (book(0), book(3))
  }

  /// What to say of some members, as means over them.
  static func notes(_ all: [StormUse]) -> [String] {
    [("firms", all.compactMap(\.firms)), ("dates", all.compactMap(\.dates))].flatMap {
      name, books -> [String] in
      guard let size = books.first?.size else { return [] }
      func mean(_ value: (CodebookUse) -> Double) -> String {
        NumberFormat.significant(
          books.reduce(0) { $0 + value($1) } / Double(books.count), digits: 3)
      }
      let collapsed = books.count { $0.isCollapsed }
      let warning =
        collapsed > 0
        ? [
          "the codebook of \(name) collapsed in \(collapsed) of \(books.count) seeds: nearly all its tokens "
            + "have one code; a larger `diversity` or more epochs spread them"
        ] : []
      return [
        "tokens of \(name) use \(mean(\.used)) of \(size) codes in training, perplexity "
          + mean(\.perplexity)
      ] + warning
    }
  }
}

// Pages found by words: those of fq, and those that people bring from other languages.

import FactorLang
import FactorRuntime
import Models

enum PageSearch {
  private static let width = 80
  private static let indent = 18
  /// Pages shown where none has all words.
  private static let fewer = 8
  /// Words of a question that no page is about.
  private static let small: Set<String> = [
    "a", "an", "and", "as", "by", "for", "from", "how", "i", "in", "my", "of", "the", "to", "with",
  ]

  /// What a page is searched by.
  private struct Entry {
    let name: String
    let summary: String
    /// The words of the name, of the summary, and of the rest of the page.
    let words: [[Substring]]

    init(_ name: String, _ summary: String, rest: [String] = []) {
      (self.name, self.summary) = (name, summary)
      words = [[name], [summary], rest].map { $0.flatMap(PageSearch.words) }
    }

    /// How far from the name a word stands: 0 in it, 1 the same by another name, 2 in the summary, 3 in the rest;
    /// nil if nowhere.
    func distance(_ word: String) -> Int? {
      if name == word { return 0 }
      if ForeignWords.pages(for: word).contains(name) { return 1 }
      return zip([0, 2, 3], words).first { $1.contains { $0.hasPrefix(word) } }?.0
    }
  }

  /// Each verb, function, model and figure in which all words begin a word, the nearest first; if there is none, those
  /// in which most do.
  static func lines(_ text: String, catalog: StandardCatalog) -> [String] {
    let all = text.lowercased().split(separator: " ").map(String.init)
    let wanted = all.count == 1 ? all : all.filter { !small.contains($0) }
    guard !wanted.isEmpty else { return [] }
    let hits = entries(catalog).enumerated().compactMap { place, entry in
      let found = wanted.compactMap(entry.distance)
      return found.isEmpty
        ? nil : (entry: entry, missing: wanted.count - found.count, sum: found.reduce(0, +), place)
    }
    guard let fewest = hits.map(\.missing).min() else { return [] }
    let best = hits.filter { $0.missing == fewest }.sorted { ($0.sum, $0.3) < ($1.sum, $1.3) }
    let note = fewest == 0 ? [] : ["no page has all of these words; with some of them:"]
    return note + best.prefix(fewest == 0 ? .max : fewer).flatMap { line($0.entry) }
  }

  private static func entries(_ catalog: StandardCatalog) -> [Entry] {
    catalog.primitives.map { primitive in
      let signature = primitive.signature
      return Entry(
        signature.name, signature.summary,
        rest: [signature.resultSentence] + signature.parameters.map { $0.name + " " + $0.sentence })
    } + Registry.cards.map { Entry($0.name, $0.summary, rest: [$0.reference]) }
      + Statistic.all.map { Entry($0.name, $0.title, rest: [$0.sentence]) }
      + LanguageWord.all.map { Entry($0.words[0], $0.summary, rest: $0.words + [$0.usage]) }
  }

  private static func words(_ text: String) -> [Substring] {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }
  }

  private static func line(_ entry: Entry) -> [String] {
    let parts = Blackboard.wrapped(entry.summary, width - indent)
    return parts.enumerated().map { number, part in
      TextWidth.padded(number == 0 ? entry.name + " " : "", to: indent) + part
    }
  }
}

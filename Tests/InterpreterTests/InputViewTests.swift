// What is seen of a statement while it is typed, and that every change of it gives the same picture as
// drawing it anew.

import FactorLang
import FactorRuntime
import TestSupport
import Testing

@testable import Interpreter

@Suite struct InputViewTests {
  private func view(_ text: String, cursor: Int? = nil, below: [String] = []) -> InputView {
    InputView(
      prompt: "fq> ", text: text, cursor: cursor ?? text.utf8.count,
      spans: Highlighter.highlight(Source(name: "", text: text)), below: below)
  }

  private func plain(_ picture: InputView.Picture) -> [String] {
    picture.rows.map(OutputGate.withoutMarks)
  }

  @Test func whatIsHiddenOfALongListIsSaid() {
    let list = (1...23).map { "  model \($0)" }
    let rows = view("fit ", below: list).picture(columns: 80, height: 24).rows
    #expect(rows.count == 23 && rows.last == "  … 2 more; type a letter or two")
    let whole = view("fit ", below: list).picture(columns: 80, height: 25).rows
    #expect(whole.last == "  model 23")
  }

  @Test func linesHaveTheirPrompts() {
    let picture = view("p\n| where x > 1").picture(columns: 40, height: 10)
    #expect(plain(picture) == ["fq> p", "... | where x > 1"])
    #expect(picture.cursor == .init(row: 1, column: 17))
  }

  /// What follows on further lines would move the cursor off the row that it is counted on.
  @Test func ofAHintOnlyTheFirstLineIsSeen() {
    var hinted = view("dec")
    hinted.ghost = "iles = toy |\n summarise n = count()"
    let picture = hinted.picture(columns: 40, height: 10)
    #expect(plain(picture) == ["fq> deciles = toy | …"])
    hinted.ghost = "\n| where x"
    #expect(plain(hinted.picture(columns: 40, height: 10)) == ["fq> dec …"])
  }

  @Test func aLongLineGoesOnBelow() {
    let picture = view("abcdefghij").picture(columns: 10, height: 10)
    #expect(plain(picture) == ["fq> abcdef", "ghij"])
    #expect(picture.cursor == .init(row: 1, column: 4))
    // Behind a full row the cursor stands on the next.
    let full = view("abcdef").picture(columns: 10, height: 10)
    #expect(plain(full) == ["fq> abcdef", ""])
    #expect(full.cursor == .init(row: 1, column: 0))
  }

  @Test func wideLettersAreNotCutInHalf() {
    let picture = view("価格価格").picture(columns: 9, height: 10)
    #expect(plain(picture) == ["fq> 価格", "価格"])
    #expect(picture.widths == [8, 4])
  }

  /// libedit's own cursor is one cell off for each of these; joined emoji differ among terminals.
  @Test func marksTakeNoRoomAndJoinersAreSeen() {
    let picture = view("e\u{301}x", cursor: 3).picture(columns: 20, height: 10)
    #expect(picture.widths == [6])
    #expect(picture.cursor.column == 5)
    let joined = view("👩\u{200D}🔬").picture(columns: 20, height: 10)
    #expect(plain(joined) == ["fq> 👩\u{FFFD}🔬"])
    #expect(joined.widths == [9])
  }

  @Test func whatIsTallerThanTheScreenIsSeenAroundTheCursor() {
    let text = (1...200).map { "line\($0)" }.joined(separator: "\n")
    let picture = view(text, cursor: text.utf8.count / 2).picture(columns: 40, height: 12)
    #expect(picture.rows.count == 12)
    let row = plain(picture)[picture.cursor.row]
    #expect(row.hasPrefix("... line10"))
    #expect(plain(picture)[11].hasPrefix("rows "))
    #expect(plain(picture)[11].contains("of 200"))
  }

  @Test func whatMayFollowIsFaintAndKeepsToItsRow() {
    var view = view("p | whe")
    view.ghost = "re size > 10 and mom > 0"
    let picture = view.picture(columns: 24, height: 10)
    #expect(plain(picture) == ["fq> p | where size > 1…"])
    #expect(picture.cursor == .init(row: 0, column: 11))
  }

  @Test func coloursOfATokenOverSeveralLinesGoOn() {
    let picture = view("s = \"\"\"one\ntwo\"\"\"").picture(columns: 40, height: 10)
    let green = Theme.marks(for: .string)?.open ?? "?"
    #expect(picture.rows[1].contains(green))
  }

  /// Any change, on any screen, gives what drawing anew would give; what stood above stays.
  @Test(arguments: 0..<60) func everyChangeGivesThePictureItself(_ seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: .example)
    let columns = 8 + random.below(53)
    let height = 4 + random.below(11)
    let pieces = [
      "a", "bc ", "\n", "価", "e\u{301}", "| where x > 1\n", "12345678901234567890", "\"s",
    ]
    let capture = REPLCapture()
    let look = OutputGate.Stream(isTerminal: true, canRewrite: true, hasColour: true)
    let gate = capture.gate(output: look, errors: look)
    var screen = ScreenModel(columns: columns, height: height)
    gate.print("above")
    for step in 0..<12 {
      let text = (0..<random.below(10)).map { _ in pieces[random.below(pieces.count)] }.joined()
      let scalars = Array(text.unicodeScalars)
      let cursor = scalars.prefix(random.below(scalars.count + 1))
        .reduce(0) { $0 + UTF8.width($1) }
      let below = Array(repeating: "help", count: random.below(4))
      let picture = view(text, cursor: cursor, below: below).picture(
        columns: columns, height: height)
      #expect(picture.rows.count <= height)
      if step % 4 == 3 { gate.print("notice \(step)") }
      gate.draw(
        zip(picture.rows, picture.widths).map { ($0, $1) }, cursor: picture.cursor,
        columns: columns, isFresh: false)
      screen.play(capture.takeText(.output))
      var wanted = plain(picture).map { row in
        String(row.reversed().drop { $0 == " " }.reversed())
      }
      while wanted.last == "" { wanted.removeLast() }
      let all = screen.scrolled + screen.lines
      let shown = all.suffix(max(wanted.count, 1))
      #expect(Array(shown) == wanted || wanted.isEmpty, "columns \(columns), height \(height)")
      let top = screen.cursor.row - picture.cursor.row
      #expect(top >= 0)
      #expect(screen.cursor.column == min(picture.cursor.column, columns - 1))
      for (offset, row) in wanted.enumerated() { #expect(screen.lines[top + offset] == row) }
      #expect(all.first == "above")
      #expect(all.filter { $0.hasPrefix("notice") }.count == (step + 1) / 4)
    }
  }
}

@Suite struct RecallTests {
  private let entries = ["x = 1", "p = 2", "x = 3", "y"]

  /// Presses an arrow for each step, with the text that is on the screen then.
  private func walk(_ steps: [(Int, String)]) -> [String?] {
    var recall = Recall(entries)
    return steps.map { recall.move($0.0, from: $0.1) }
  }

  @Test func arrowsGoThroughAllAndBack() {
    let seen = walk([(1, ""), (-1, ""), (-1, "y"), (1, "x = 3"), (1, "y")])
    #expect(seen == [nil, "y", "x = 3", "y", ""])
  }

  @Test func whatWasTypedChoosesAndComesBack() {
    let seen = walk([(-1, "x"), (-1, "x = 3"), (-1, "x = 1"), (1, "x = 1"), (1, "x = 3")])
    #expect(seen == ["x = 3", "x = 1", nil, "x = 3", "x"])
  }

  @Test func changesOfAnEntryAreKept() {
    #expect(walk([(-1, ""), (-1, "y + 1"), (1, "x = 3")]) == ["y", "x = 3", "y + 1"])
  }

  @Test func theLatestStatementThatGoesOnIsHintedAt() {
    let recall = Recall(entries)
    #expect(recall.continuation(of: "x =") == " 3")
    #expect(recall.continuation(of: "x") == nil)
    #expect(recall.continuation(of: "x = 3") == nil)
    #expect(recall.continuation(of: "zz") == nil)
  }

  @Test func aSearchFindsWordsInAnyOrder() {
    var search = HistorySearch(["load a, keys: b", "fit ca2", "LOAD b", "fit cvra"], original: "q")
    for letter in "b lo" { search.type(letter) }
    #expect(search.found == "LOAD b")
    let answers = [search.older(), search.older()]
    #expect(answers == [true, false])
    #expect(search.found == "load a, keys: b")
    for _ in 0..<4 { search.erase() }
    #expect(search.found == nil)
    #expect(search.words == "")
  }
}

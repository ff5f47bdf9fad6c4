// Tests of tables as documents.

import FactorRuntime
import Testing

@Suite struct TableDocumentTests {
  private let plain = TableDocument(
    caption: "test 2001-05..2001-12 · 8 months",
    columns: [
      TableLayout.Column("model", ["ca|1", "b_2"], .left),
      TableLayout.Column("R2, %", ["1.50", "-0.20"], .right),
    ], notes: ["net of 30bps"])

  @Test func markdownSaysWhichSideNumbersLeanTo() {
    #expect(
      plain.lines(.markdown) == [
        "**test 2001-05..2001-12 · 8 months**", "", "| model | R2, % |", "| --- | ---: |",
        "| ca\\|1 | 1.50 |", "| b_2 | -0.20 |", "", "net of 30bps",
      ])
  }

  @Test func latexReadsWhatIsWritten() {
    #expect(
      plain.lines(.latex) == [
        "\\begin{table}[htbp]", "\\centering",
        "\\caption{test 2001-05..2001-12 $\\cdot$ 8 months}", "\\begin{tabular}{lr}", "\\toprule",
        "model & R2, \\% \\\\", "\\midrule", "ca$|$1 & 1.50 \\\\", "b\\_2 & -0.20 \\\\",
        "\\bottomrule", "\\end{tabular}", "\\par\\smallskip\\footnotesize", "net of 30bps\\par",
        "\\end{table}",
      ])
  }

  @Test func csvQuotesWhatNeedsIt() {
    #expect(plain.lines(.csv) == ["model,\"R2, %\"", "ca|1,1.50", "b_2,-0.20"])
  }

  @Test func blocksHaveTheirHeadings() {
    let grid = TableDocument(
      caption: "", columns: [TableLayout.Column("k", ["1", "2"], .left)],
      blocks: [.init("total R2, %", 0..<1), .init("Sharpe", 1..<2)])
    #expect(
      grid.lines(.markdown) == [
        "| k |", "| --- |", "| *total R2, %* |", "| 1 |", "| *Sharpe* |", "| 2 |",
      ])
    #expect(grid.lines(.latex).contains("\\multicolumn{1}{l}{\\emph{total R2, \\%}} \\\\"))
    #expect(grid.lines(.csv) == ["figure,k", "\"total R2, %\",1", "Sharpe,2"])
  }
}

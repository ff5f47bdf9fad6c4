// What every page of HTML is made of: its frame, its tables, its one escape and its style.
//
// A page is one file: no scripts, nothing to fetch, light and dark, for screens, phones and paper.

/// Parts of pages.
public enum HTMLPage {
  /// A whole page; `style` adds to the common one, `mark` is a class of the page.
  public static func text(
    title: String, maker: String, mark: String = "", style: String = "", body: String
  ) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="\(escaped(maker))">
    <title>\(escaped(title))</title>
    <style>\(HTMLStyle.text)\(style)</style>
    </head>
    <body>
    <main\(mark.isEmpty ? "" : " class=\"\(escaped(mark))\"")>
    \(body)
    </main>
    </body>
    </html>

    """
  }

  /// A text without what markup would read, on one line.
  public static func escaped(_ text: String) -> String { SVGText.escaped(text) }

  /// A table with its caption and notes.
  public static func table(_ table: TableDocument) -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      let fields = zip(cells, table.columns).map { cell, column in
        "<\(tag)\(column.alignment == .left ? " class=\"l\"" : "")>\(escaped(cell))</\(tag)>"
      }
      return "<tr>\(fields.joined())</tr>"
    }
    let rows = table.blocks.flatMap { block -> [String] in
      let head =
        block.title.isEmpty
        ? []
        : [
          "<tr class=\"block\"><th colspan=\"\(table.columns.count)\">\(escaped(block.title))</th></tr>"
        ]
      return head + block.rows.map { k in row(table.columns.map { $0.cells[k] }, "td") }
    }
    let caption =
      table.caption.isEmpty ? "" : "<p class=\"caption\">\(escaped(table.caption))</p>\n"
    let notes = table.notes.map { "\n<p class=\"note\">\(escaped($0))</p>" }.joined()
    let titles = table.columns.map(\.title)
    let heading = titles.allSatisfy(\.isEmpty) ? "" : "<thead>\(row(titles, "th"))</thead>\n"
    return caption
      + "<div class=\"scroll\"><table>\n\(heading)<tbody>\n\(rows.joined(separator: "\n"))\n</tbody>\n</table></div>"
      + notes
  }
}

/// How a page looks.
enum HTMLStyle {
  private static let light = """
    --paper: #ffffff; --ink: #1a1d21; --soft: #545b64; --rule: #1a1d21; --grid: #e8eaed; --frame: #9aa1a9;
    --band: #f6f7f8; --link: #0b5fa5; --series-1: #0b5fa5; --series-2: #d1590a; --series-3: #0a8f6a;
    --series-4: #b8558f; --series-5: #b98300; --series-6: #4aa3dc; --series-7: #1a1d21; --series-8: #7d7d00;
    --below: #b2182b; --above: #2166ac;
    """
  private static let dark = """
    --paper: #15181c; --ink: #e8eaed; --soft: #a7aeb7; --rule: #c9ced4; --grid: #2b3036; --frame: #5d656e;
    --band: #1d2126; --link: #7ab8ee; --series-1: #5aa9ea; --series-2: #f0955a; --series-3: #4cc9a0;
    --series-4: #dd8fbb; --series-5: #e2b64a; --series-6: #9bd0f5; --series-7: #e8eaed; --series-8: #c3c34a;
    --below: #f0685f; --above: #5aa9ea;
    """

  static let text = """

    :root { \(light) }
    @media (prefers-color-scheme: dark) { :root { \(dark) } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 14px/1.45 system-ui, "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; }
    main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 40px; }
    header { border-bottom: 2px solid var(--rule); padding-bottom: 10px; }
    .kind { margin: 0 0 2px; font-size: 11px; letter-spacing: .12em; text-transform: uppercase;
      color: var(--soft); }
    h1 { margin: 0; font-size: 24px; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere; }
    .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr));
      gap: 8px 22px; margin: 14px 0 4px; }
    dt { font-size: 11px; color: var(--soft); }
    dd { margin: 0; font-size: 12.5px; line-height: 1.35; overflow-wrap: anywhere; }
    .parts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 4px 36px; }
    .wide { grid-column: 1 / -1; }
    figure, section { margin: 0; min-width: 0; }
    h2 { margin: 22px 0 6px; font-size: 14.5px; font-weight: 650; }
    h2 a, .data a { margin-left: 8px; font-size: 11px; font-weight: 400; color: var(--link);
      text-decoration: none; }
    svg { display: block; width: 100%; height: auto; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 12.5px; line-height: 1.3;
      font-variant-numeric: tabular-nums; border-top: 1.5px solid var(--rule);
      border-bottom: 1.5px solid var(--rule); }
    th, td { padding: 3.5px 6px; text-align: right; white-space: nowrap; }
    th { font-weight: 600; color: var(--soft); }
    thead tr { border-bottom: 1px solid var(--frame); }
    tbody tr:nth-child(even) { background: var(--band); }
    th.l, td.l, .block th { text-align: left; }
    td.l { white-space: normal; }
    th:first-child, td:first-child { padding-left: 2px; }
    th:last-child, td:last-child { padding-right: 2px; }
    .caption, .note { margin: 5px 0; font-size: 11.5px; line-height: 1.4; color: var(--soft); }
    .definitions div { columns: 2; column-gap: 36px; font-size: 11px; line-height: 1.4;
      color: var(--soft); }
    .definitions p { margin: 0 0 5px; break-inside: avoid; }
    .definitions b { color: var(--ink); font-weight: 600; }
    footer { margin-top: 24px; padding-top: 8px; border-top: 1px solid var(--frame); font-size: 11px;
      color: var(--soft); }
    @media screen and (max-width: 760px) {
      main { padding: 18px 14px 28px; }
      .parts { grid-template-columns: minmax(0, 1fr); }
      .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
      .definitions div { columns: 1; }
    }
    @media print {
      :root { \(light) }
      @page { size: A4; margin: 13mm 12mm; }
      body { font-size: 10px; }
      main { max-width: none; padding: 0; }
      h1 { font-size: 17px; }
      h2 { font-size: 11px; margin: 12px 0 3px; break-after: avoid; }
      h2 a, .data { display: none; }
      table, dd { font-size: 8.5px; }
      th, td { padding: 1.8px 4px; }
      dt, .kind, .caption, .note, footer { font-size: 7.5px; }
      .facts { grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 4px 12px; margin: 8px 0 2px; }
      .parts { gap: 0 22px; }
      .definitions div { font-size: 7.5px; }
      .scroll { overflow: visible; }
      figure, section.table, tr { break-inside: avoid; }
    }

    """
}

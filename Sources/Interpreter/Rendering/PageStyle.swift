// How a notebook looks beyond what all pages have: a column to read, code in colours, outputs beside their statements.
//
// Colours of code keep a contrast of 4.5 to 1 on their ground, in light and in dark; paper is always light.

enum PageStyle {
  private static let light = """
    --code: #f5f6f8; --keyword: #8430a8; --verb: #0b5fa5; --option: #8a5a00; --value: #0a6b52; --quoted: #a1370a;
    --remark: #5d656e; --bad: #b2182b; --doubt: #8a5a00; --help: #0a6b52; --bad-ground: #fdf3f3; --doubt-ground: #fdf8ec;
    """
  private static let dark = """
    --code: #1d2126; --keyword: #cf9bea; --verb: #7ab8ee; --option: #e2b64a; --value: #6fd3b1; --quoted: #f0a27a;
    --remark: #98a0a9; --bad: #f58a82; --doubt: #e2b64a; --help: #6fd3b1; --bad-ground: #2a1b1d; --doubt-ground: #28231a;
    """

  static let text = """
    :root { \(light) }
    @media (prefers-color-scheme: dark) { :root { \(dark) } }
    .notebook { max-width: 860px; font-size: 15px; line-height: 1.55; }
    .notebook header { margin-bottom: 18px; }
    .notebook h1 { font-size: 27px; }
    .notebook .kind { letter-spacing: .04em; text-transform: none; font-size: 12px;
      font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    .notebook h2 { margin: 34px 0 8px; font-size: 18.5px; line-height: 1.3; }
    .notebook p, .notebook ul { margin: 9px 0; max-width: 44em; }
    .notebook section:first-of-type p:first-child { margin-top: 0; }
    .notebook a { color: var(--link); }
    nav ol { margin: 0 0 20px; padding: 10px 12px 10px 34px; background: var(--band); border-radius: 4px;
      font-size: 13.5px; }
    nav a { text-decoration: none; }
    .notebook code { font-size: .9em; background: var(--code); padding: 1px 4px; border-radius: 3px; }
    pre, .notebook code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    pre { margin: 8px 0; padding: 2px 14px; font-size: 12.5px; line-height: 1.42; overflow-x: auto;
      font-variant-ligatures: none; tab-size: 2; }
    pre.code { margin-top: 14px; padding: 10px 14px; background: var(--code); border-radius: 4px;
      font-size: 13px; line-height: 1.5; }
    pre.code code { padding: 0; background: none; font-size: inherit; }
    .keyword { color: var(--keyword); } .verb { color: var(--verb); font-weight: 600; }
    .option { color: var(--option); } .variable, .quotedName { color: var(--verb); }
    .number, .date { color: var(--value); } .string, .format { color: var(--quoted); }
    pre .comment, .prose { color: var(--remark); font-style: italic; }
    .operatorSign, .punctuation { color: var(--soft); } .invalid { color: var(--bad); }
    pre.ledger { color: var(--soft); border-left: 2px solid var(--grid); padding-left: 12px; font-size: 12px; }
    pre.shown { border-left: 2px solid var(--frame); padding-left: 12px; }
    pre.message { padding: 10px 14px; border-left: 3px solid var(--bad); background: var(--bad-ground); }
    pre.warning { border-color: var(--doubt); background: var(--doubt-ground); }
    .message .error, .message .primaryMark { color: var(--bad); } .message .error, .message .message { font-weight: 600; }
    .message .warning { color: var(--doubt); font-weight: 600; } .message .secondaryMark { color: var(--keyword); }
    .message .gutter, .message .location { color: var(--soft); } .message .help, .message .fix { color: var(--help); }
    .notebook .table { margin: 10px 0 14px; }
    .notebook .table table { width: auto; min-width: 9em; }
    .notebook .table .caption { color: var(--ink); font-size: 13px; font-weight: 600; }
    .notebook th, .notebook td { padding: 3.5px 10px; }
    .notebook td.l { white-space: nowrap; }
    .notebook figure { margin: 12px 0 16px; }
    .notebook footer { margin-top: 40px; }
    @media screen and (max-width: 760px) { .notebook { font-size: 14.5px; } pre { padding: 2px 10px; } }
    @media print {
      :root { \(light) }
      .notebook { font-size: 10px; max-width: none; }
      .notebook h1 { font-size: 18px; } .notebook h2 { font-size: 13px; margin-top: 16px; break-after: avoid; }
      nav ol { font-size: 9px; }
      pre, pre.code { font-size: 8px; white-space: pre-wrap; overflow-wrap: anywhere; } pre.ledger { font-size: 7.5px; }
      pre.code, pre.message, .notebook .table { break-inside: avoid; }
      .notebook .table .caption { font-size: 9px; break-after: avoid; } .notebook th, .notebook td { padding: 2px 7px; }
      .notebook figure { max-width: 150mm; }
    }

    """
}

// The colours of an SVG picture: fixed ones for a file of its own, variables of the page inside a document.
//
// A page may be light or dark, so a picture inside it names roles and leaves the colours to the page's style.

/// The colours of a picture by their roles.
public struct SVGInk: Sendable {
  /// Nil for the page's own ground.
  let paper: String?
  let title, text, grid, frame, zero: String
  let series: [String]
  let below, above: String
  /// The size of letters.
  let size: Int

  /// For a file of its own: the Okabe-Ito palette on white.
  public static let file = SVGInk(
    paper: "#ffffff", title: "#202020", text: "#404040", grid: "#e6e6e6", frame: "#808080",
    zero: "#404040",
    series: [
      "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C8C00",
    ], below: "#b2182b", above: "#2166ac", size: 13)

  /// For a picture inside a page, which says what the variables are.
  public static let page = SVGInk(
    paper: nil, title: "var(--ink)", text: "var(--soft)", grid: "var(--grid)",
    frame: "var(--frame)", zero: "var(--frame)", series: (1...8).map { "var(--series-\($0))" },
    below: "var(--below)", above: "var(--above)", size: 12)
}

// A diagnostic as one line of JSON, of the shape that editors and `fq check --json` read.

extension Diagnostic {
  /// Writes the diagnostic as one JSON object.
  public var json: String {
    let spans =
      [Self.json(primary, role: "primary")] + secondary.map { Self.json($0, role: "origin") }
    let rows = data.isEmpty ? "null" : Self.list(data.map(JSONText.quote))
    let fields = [
      "\"code\":" + JSONText.quote(code.rawValue),
      "\"severity\":" + JSONText.quote(severity.rawValue),
      "\"message\":" + JSONText.quote(message),
      "\"spans\":" + Self.list(spans),
      "\"fixes\":" + Self.list(fixes.map { Self.json($0, home: source) }),
      "\"data\":" + rows,
    ]
    return "{" + fields.joined(separator: ",") + "}"
  }

  private static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

  private static func json(_ label: Label, role: String) -> String {
    let (start, end) = ends(label.location)
    return
      "{\"file\":\(JSONText.quote(label.location.source.name)),\"start\":\(start),\"end\":\(end)"
      + ",\"role\":\"\(role)\",\"label\":\(JSONText.quote(label.text))}"
  }

  /// An edit names its file only where that is not the one blamed.
  private static func json(_ fix: Fix, home: Source) -> String {
    let edits = fix.edits.map { edit in
      let (start, end) = ends(edit.location)
      let isHome = edit.location.source == home
      let file = isHome ? "" : "\"file\":\(JSONText.quote(edit.location.source.name)),"
      return "{\(file)\"range\":[\(start),\(end)],\"text\":\(JSONText.quote(edit.replacement))}"
    }
    return
      "{\"title\":\(JSONText.quote(fix.title)),\"edits\":\(list(edits))"
      + ",\"certain\":\(fix.isCertain)}"
  }

  private static func ends(_ location: Location) -> (start: String, end: String) {
    func pair(_ offset: Int) -> String {
      let place = location.source.lineColumn(at: offset)
      return "[\(place.line),\(place.column)]"
    }
    return (pair(location.span.start), pair(location.span.end))
  }
}

/// Quotes text for JSON.
public enum JSONText {
  /// Gives a text with its quotes and escapes.
  public static func quote(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        // Besides what JSON asks for: line ends of JavaScript, and what acts on terminals.
        if scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value || 0x2028...0x2029 ~= scalar.value {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

// JSON as the shell writes it, piece by piece; it is read by `JSON`.

import FactorLang

/// Writes JSON from pieces that are written already.
enum FlatJSON {
  /// Quotes a text.
  static func quote(_ text: String) -> String { JSONText.quote(text) }

  /// A number; JSON has no infinities and no NaN.
  static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

  /// An object of already written values, in order.
  static func object(_ fields: [(name: String, json: String)]) -> String {
    "{" + fields.map { quote($0.name) + ":" + $0.json }.joined(separator: ",") + "}"
  }

  /// A list of already written values.
  static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }
}

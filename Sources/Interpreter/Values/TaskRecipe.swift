// How a task was made of its panel, so that a model can forecast other panels in the same way.

import FactorLang
import FactorRuntime
import Models

/// The words of `setup` and `split`, kept by tasks, models and model files.
public struct TaskRecipe: Sendable {
  /// The target as it was written, and the name it is shown under.
  public var target: String
  public var targetName: String
  public var features: [String]
  /// The observed factors.
  public var factors: [String] = []
  /// Months after its row at which the target is known.
  public var known: Int
  /// The file or world of the panel.
  public var origin: String
  /// The months of the blocks; empty before `split`.
  public var blocks: [(name: String, first: Period, last: Period)] = []
  /// The target as it was compiled, with the values its variables had; nil after a file.
  var expression: ColumnExpression?

  /// Says how many of some periods were fitted or chosen on; nil for none.
  func seen(_ index: PanelIndex) -> String? {
    let count = index.months.count { period in
      blocks.prefix(2).contains { $0.first <= period && period <= $0.last }
    }
    guard count > 0 else { return nil }
    return
      "\(NumberFormat.count(count)) of \(Counted.text(index.months.count, index.clock.noun)) were fitted or chosen on"
  }

  /// The same with the blocks of a task.
  func split(as task: FactorTask) -> TaskRecipe {
    guard let split = task.split else { return self }
    var recipe = self
    recipe.blocks = [("train", split.train), ("valid", split.valid), ("test", split.test)].map {
      ($0, task.index.months[$1.lowerBound], task.index.months[$1.upperBound - 1])
    }
    return recipe
  }
}

extension TaskRecipe {
  /// The recipe for the header of a file.
  var json: JSON {
    .fields(
      ("target", .text(target)), ("name", .text(targetName)),
      ("features", .list(features.map(JSON.text))),
      ("factors", .list(factors.map(JSON.text))), ("known", .number(Double(known))),
      ("origin", .text(origin)),
      (
        "blocks",
        .list(
          blocks.map { name, first, last in
            .fields(
              ("block", .text(name)), ("first", .text(first.description)),
              ("last", .text(last.description)))
          })
      ))
  }

  /// Reads the recipe of a header.
  init(_ json: JSON?) throws {
    let facts = StoredFacts(json)
    target = try facts.text("target")
    targetName = try facts.text("name")
    features = try facts.texts("features")
    // Older files know of none.
    factors = json?["factors"] == nil ? [] : try facts.texts("factors")
    known = try facts.integer("known")
    origin = try facts.text("origin")
    blocks = try facts.items("blocks").map { item in
      let block = StoredFacts(item)
      return (
        try block.text("block"), try Self.period("first", block), try Self.period("last", block)
      )
    }
  }

  private static func period(_ name: String, _ facts: StoredFacts) throws -> Period {
    guard let period = Period(try facts.text(name)) else { throw facts.fault(name) }
    return period
  }
}

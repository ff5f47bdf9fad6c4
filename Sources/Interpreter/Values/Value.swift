// What a variable can hold: one case per type of the language.

import FactorLang
import FactorRuntime
import Models

/// A value of the language.
public enum Value: Sendable {
  case missing
  case integer(Int)
  case number(Double)
  /// A share, with the unit it was written in.
  case ratio(Double, RatioUnit)
  case month(Period)
  case date(CalendarDate)
  /// Quarters since year zero.
  case quarter(Int)
  case duration(Int, DurationUnit)
  indirect case range(RangeValue)
  case text(String)
  case bool(Bool)
  case list([Value])
  case record(Record)
  indirect case column(ColumnValue)
  indirect case table(Table)
  indirect case panel(PanelValue)
  indirect case task(TaskValue)
  indirect case model(ModelValue)
  indirect case evaluation(EvaluationValue)
  indirect case sweep(SweepValue)
  indirect case backtest(BacktestValue)
  indirect case sheet(SheetValue)
  indirect case plot(PlotValue)
  case function(FunctionValue)
  indirect case module(ModuleValue)
  indirect case failure(Fault)
  /// The result of something done rather than computed.
  case nothing
}

/// A range of integers, numbers, months or dates; either end may be open.
public struct RangeValue: Sendable {
  public var lower: Value?
  public var upper: Value?
  public var step: Value?
  public var includesUpper = true

  /// The whole numbers of the range, if it is one of them without a step and not empty.
  var wholeNumbers: ClosedRange<Int>? {
    guard step == nil, case .integer(let first)? = lower, case .integer(let end)? = upper,
      end > .min
    else { return nil }
    let last = includesUpper ? end : end - 1
    return first <= last ? first...last : nil
  }
}

/// Named values in order.
public struct Record: Sendable {
  public var fields: [(name: String, value: Value)]

  subscript(name: String) -> Value? { fields.first { $0.name == name }?.value }

  /// Replaces or adds a field.
  mutating func set(_ name: String, _ value: Value) {
    if let place = fields.firstIndex(where: { $0.name == name }) {
      fields[place].value = value
    } else {
      fields.append((name, value))
    }
  }

  /// Takes over all fields of another record.
  mutating func merge(_ other: Record) {
    for field in other.fields { set(field.name, field.value) }
  }
}

/// A column taken out of its panel.
public struct ColumnValue: Sendable {
  public var name: String
  public var column: Column
}

/// Named columns without keys: the result of a summary or of predictions.
public struct Table: Sendable {
  public var title: String?
  public var columns: [(name: String, column: Column)]
  /// Facts shown under the table.
  public var notes: [String] = []
  /// Tables that belong to this one, as members.
  var parts: [Part] = []
  /// Set where the first column names blocks.
  var blocks: Blocks?
  /// Significant digits of plain numbers; nil for what suits the column.
  var digits: Int?
  /// How it is shown.
  var format = DocumentFormat.text
  /// What its columns are, by name, where the maker says so.
  var statistics: [String: Statistic] = [:]
  /// Decimals of plain numbers by column, where they are fixed.
  var decimals: [String: Int] = [:]
  /// Whether its rows are a word and a text, shown as such.
  var isFactList = false
  /// What `show` was told.
  var view = ValueView()
  /// Whether its rows were drawn, one after the other, and stand in no order of time.
  var isDrawn = false
  /// When its rows were, where a verb may have changed the columns that tell it.
  var rowTimes: RowTimes?

  /// The number of rows.
  public var count: Int { columns.first?.column.count ?? 0 }

  /// A table under a name.
  struct Part: Sendable {
    let name: String
    let table: Table
  }

  func column(_ name: String) -> Column? { columns.first { $0.name == name }?.column }
}

/// A panel with where it came from, and for simulated worlds the truth.
public struct PanelValue: Sendable {
  public var panel: Panel
  /// The file or world it came from.
  public var origin: String
  /// Named lists of columns, such as the characteristics of a simulated world.
  public var sets: [(name: String, columns: [String])] = []
  public var world: (any SimulatedWorld)?
  /// The rule by which `delist` changed returns; nil where none did.
  var delisting: DelistingRule?
  /// How `deciles` made its groups, where it is not the usual way.
  var sorting: String?
  /// When the last known condition by which rows were chosen is known, in months after the row.
  var selection = Availability.always
  /// What `show` was told.
  var view = ValueView()

  /// Gives the same origin with another panel.
  func with(_ panel: Panel) -> PanelValue {
    var copy = self
    copy.panel = panel
    return copy
  }
}

/// A task, with its origin.
public struct TaskValue: Sendable {
  public var task: FactorTask
  public var origin: String
  public var world: (any SimulatedWorld)?
  /// How it was made of its panel.
  public var recipe: TaskRecipe
  /// Set where only some months of the task are meant.
  var window: TaskWindow?
}

/// A fitted model, the task it was fitted on, and how long it took.
public struct ModelValue: Sendable {
  public var model: any FittedModel
  /// Nil for a model from a file.
  public var task: TaskValue?
  /// How its task was made of a panel.
  public var recipe: TaskRecipe
  public var seconds: Double
  public var threads: Int
  /// What was asked for, to go on with the fit or to do it again; nil where a file does not say.
  var order: FitOrder?
  /// The months it was fitted on, which `valid:` may have set apart from those of the task.
  var split: Split?
  /// What its file says of how it was made; nil where this process fitted it.
  var origin: JSON?

  /// The data of its fit; those of a given task where one is needed.
  func data(of task: TaskValue) -> FactorTask {
    var data = task.cut
    if self.task != nil, let split { data.split = split }
    return data
  }
}

/// A function of the user: code, and the values it captured when it was made.
public final class FunctionValue: Sendable {
  let name: String?
  let parameters: [Parameter]
  let code: Routine
  let captures: [Value]

  struct Parameter: Sendable {
    var name: String
    var defaultValue: Value?
  }

  init(name: String?, parameters: [Parameter], code: Routine, captures: [Value]) {
    (self.name, self.parameters, self.code) = (name, parameters, code)
    self.captures = captures
  }
}

/// Something to draw, as data.
public struct PlotValue: Sendable {
  public var scene: Scene
  public var canvas: PlotCanvas
}

extension Value {
  /// The language's type of the value.
  public var type: Type {
    switch self {
    case .missing: .missing
    case .integer: .integer
    case .number: .number
    case .ratio: .ratio
    case .month: .month
    case .date: .date
    case .quarter: .quarter
    case .duration: .duration
    case .range(let range): .range(of: (range.lower ?? range.upper)?.type ?? .any)
    case .text: .text
    case .bool: .bool
    case .list(let items): .list(of: Self.type(of: items))
    case .record(let record):
      .record(record.fields.map { RecordField($0.name, $0.value.type) })
    case .column(let value): .column(of: value.column.elementType)
    case .table(let table): .table(table.schema)
    case .panel(let value): .panel(value.schema)
    case .task: .task(nil)
    case .model: .model
    case .evaluation: .evaluation
    // A sweep has the columns of its cells, and members besides.
    case .sweep: .table(nil)
    case .backtest: .backtest
    case .sheet: .sheet
    case .plot: .plot
    case .function: .function
    case .module: .module
    case .failure: .failure
    case .nothing: .nothing
    }
  }
}

extension Value {
  // Long lists are mostly of one kind, told without making a type for each item.
  private static func type(of items: [Value]) -> Type {
    guard let first = items.first else { return .any }
    var joined = first.type
    var last = first
    for item in items where !item.isSameScalar(as: last) {
      joined = joined.joined(item.type)
      last = item
    }
    return joined
  }

  private func isSameScalar(as other: Value) -> Bool {
    switch (self, other) {
    case (.integer, .integer), (.number, .number), (.ratio, .ratio), (.text, .text),
      (.bool, .bool), (.month, .month), (.date, .date), (.missing, .missing):
      true
    default: false
    }
  }
}

extension Column {
  /// The language's type of an element.
  var elementType: Type {
    switch values {
    case .numbers: unit == .boolean ? .bool : unit == .ratio ? .ratio : .number
    case .text: .text
    case .months: .month
    case .dates: .date
    }
  }

  /// The element of a row as a value.
  func value(at row: Int) -> Value {
    if isMissing(at: row) { return .missing }
    switch values {
    case .numbers(let numbers):
      switch unit {
      case .boolean: return .bool(numbers[row] != 0)
      case .ratio: return .ratio(numbers[row], .percent)
      case .count: return .integer(Int(numbers[row]))
      case .plain: return .number(numbers[row])
      }
    case .text: return .text(text(at: row) ?? "")
    case .months(let months): return .month(months[row])
    case .dates(let dates): return .date(dates[row])
    }
  }
}

extension PanelValue {
  /// The columns as the checker knows them.
  var schema: Schema {
    let keys = [
      ColumnInfo(panel.dateKey, .month), ColumnInfo(panel.assetKey, .text),
    ]
    let columns = panel.named.map {
      ColumnInfo($0.name, $0.column.elementType, known: $0.column.known)
    }
    var schema = Schema(keys + columns, keys: keys.map(\.name))
    schema.pace = Pace(panel.index.clock)
    let months = panel.index.months
    if panel.index.clock == .months, let first = months.first, let last = months.last {
      schema.months = MonthSpan(first: Int(first.index), last: Int(last.index))
    }
    return schema
  }
}

extension Pace {
  /// What the periods of a clock are called.
  init(_ clock: Clock) {
    switch clock {
    case .months: self = .months
    case .days: self = .days
    case .minutes(let length): self = .minutes(length, noun: clock.noun)
    }
  }
}

extension Table {
  /// The columns as the checker knows them.
  var schema: Schema {
    Schema(
      columns.map { ColumnInfo($0.name, $0.column.elementType, known: $0.column.known) },
      isComplete: parts.isEmpty)
  }
}

// The facts of what can go wrong with a model, and their wording.

import FactorRuntime

/// Why a model could not be built, fitted or asked.
public enum ModelError: Error, Equatable, Sendable {
  case settingType(name: String, expected: HyperparameterFacts.Kind)
  case settingRange(name: String, value: Double, range: ClosedRange<Double>)
  case noSplit
  case emptyBlock(name: String)
  case tooManyFactors(factors: Int, characteristics: Int)
  case thinMonth(month: Period, firms: Int, needed: Int)
  case noCharacteristicVaries
  case tooFewMonths(months: Int, needed: Int)
  /// A factor that is made from the panel wants a characteristic the task does not have.
  case missingCharacteristic(
    factor: String, characteristic: String, option: String, found: [String])
  /// No firm has enough returns in the months a model is fitted on; `remedy` says what to type.
  case shortHistories(needed: Int, longest: Int, option: String = "min_obs", remedy: String = "")
  /// The model reads characteristics, and the task has none.
  case noCharacteristics(model: String)
  /// An option wants factors observed beside the panel, and the task has none.
  case noFactors(option: String)
  case otherFactors(expected: [String], found: [String])
  /// A factor does not move in the months a model is fitted on, or is made of others.
  case idleFactor(name: String, isObserved: Bool, others: [String])
  /// More factors than the filters take.
  case factorsBeyond(most: Int, found: Int, isObserved: Bool)
  /// Loadings that read the whole sample.
  case forPicturesOnly(model: String)
  /// The equations have no single solution; `remedy` says what to type.
  case notIdentified(model: String, remedy: String)
  /// A model of series reads the return of every asset in every period.
  case missingReturn(asset: String, month: Period, assets: Int)
  /// The same, where the model could read the asset at its mean.
  case absentReturn(asset: String, month: Period, assets: Int)
  case constantSeries(asset: String)
  case tooFewReturns(asset: String, found: Int, needed: Int)
  case otherAssets(expected: [String], found: [String])
  case otherCharacteristics(expected: [String], found: [String])
  case notFinite(epoch: Int, month: Period? = nil)
  /// Bytes; `alone` is what one ensemble member at a time would need.
  case tooLarge(model: String, needed: Int, available: Int, alone: Int)
  /// A fit cannot go on with other data, settings or engine; `what` names the first that differs.
  case otherFit(what: String)
  case incompatible(first: String, second: String, reason: String)
  /// The training months hold no two whole windows; `found` is how many months there are up to their end.
  case shortWindows(months: Int, patch: Int, found: Int)
}

extension ModelError {
  /// What happened, in one sentence.
  public var message: String {
    switch self {
    case .settingType(let name, let expected): "`\(name)` takes \(expected.words)"
    case .settingRange(let name, let value, let range):
      "`\(name)` is \(value); it must lie in \(range.lowerBound)..\(range.upperBound)"
    case .noSplit: "the task has no train, valid and test months yet"
    case .emptyBlock(let name): "the \(name) block holds no rows"
    case .tooManyFactors(let factors, let characteristics):
      "\(factors) factors cannot be told apart by \(characteristics) "
        + (characteristics == 1 ? "characteristic" : "characteristics")
    case .thinMonth(let month, let firms, let needed):
      "\(month) has \(firms) \(firms == 1 ? "firm" : "firms"); the model needs at least \(needed)"
    case .noCharacteristicVaries: "no characteristic varies across firms in the training months"
    case .tooFewMonths(let months, let needed):
      "the model needs at least \(needed) months to be fitted on; there are \(months)"
    case .missingCharacteristic(let factor, let characteristic, _, _):
      "the factor `\(factor)` is made from the characteristic `\(characteristic)`, which the task "
        + "does not have"
    case .noCharacteristics(let model):
      "`\(model)` reads characteristics, and the task has no features"
    case .noFactors(let option):
      "`\(option)` reads factors observed beside the panel, and the task has none"
    case .otherFactors(let expected, let found):
      "the model was fitted on the factors \(Self.list(expected)), the task has "
        + (found.isEmpty ? "none" : Self.list(found))
    case .idleFactor(let name, _, let others):
      others.isEmpty
        ? "the factor `\(name)` does not move in the months the model is fitted on"
        : "the factor `\(name)` says nothing that the others do not"
    case .factorsBeyond(let most, let found, _):
      "\(found) factors are too many: loadings are followed on \(most) at most"
    case .forPicturesOnly(let model):
      "smoothed loadings of `\(model)` read the whole sample, so they explain and forecast nothing"
    case .shortHistories(let needed, let longest, _, _):
      "no firm has \(needed) returns in the months the model is fitted on; the longest history has "
        + "\(longest)"
    case .notIdentified(let model, _):
      "the equations of `\(model)` have no single solution on these data"
    case .missingReturn(let asset, let month, let assets),
      .absentReturn(let asset, let month, let assets):
      "`\(asset)` has no return in \(month); the model reads the returns of all \(assets) assets in "
        + "every period"
    case .constantSeries(let asset): "the returns of `\(asset)` do not vary in training"
    case .tooFewReturns(let asset, let found, let needed):
      "`\(asset)` has \(found) returns in the training periods; its scale needs \(needed)"
    case .otherAssets(let expected, let found):
      "the model was fitted on the returns of \(expected.count) assets "
        + "(\(Self.list(expected))), the task has \(found.count) (\(Self.list(found)))"
    case .otherCharacteristics(let expected, let found):
      "the model was fitted on \(expected.count) characteristics (\(expected.prefix(3).joined(separator: ", ")) …), the task has \(found.count)"
    case .notFinite(let epoch, let month):
      "the loss became infinite or undefined in epoch \(epoch)"
        + (month.map { ", in month \($0)" } ?? "")
    case .tooLarge(let model, let needed, let available, _):
      "`\(model)` needs about \(Self.megabytes(needed)) here, and \(Self.megabytes(available)) of the "
        + "cap are left"
    case .otherFit(let what): "the fit cannot go on: \(what) not what it began with"
    case .shortWindows(let months, _, let found):
      "a window has \(months) months, and there are \(found) up to the end of training: two whole windows are needed"
    case .incompatible(let first, let second, let reason):
      "`\(first)` does not go with `\(second)`: \(reason)"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
  }

  private static func megabytes(_ bytes: Int) -> String { "\((bytes + 0xF_FFFF) >> 20) MB" }

  /// What to try, in one sentence.
  public var help: String? {
    switch self {
    case .settingType, .settingRange, .emptyBlock, .noCharacteristicVaries, .incompatible: nil
    case .tooLarge(_, let needed, let available, let alone):
      alone <= available
        ? "fit one seed at a time, which needs \(Self.megabytes(alone)):  --threads 1"
        : "allow more:  --max-memory \((needed >> 20) + 1)MB"
    case .otherFit: "fit anew with `fit`"
    case .noSplit: "split train: ..2012-04, valid: 2012-05..2016-04, test: 2016-05.."
    case .tooManyFactors(_, let characteristics): "use k: \(characteristics) or fewer"
    case .tooFewMonths: "use a smaller k, or a split with more training months"
    case .missingCharacteristic(let factor, let characteristic, let option, let found):
      found.isEmpty
        ? "add `\(characteristic)` to the features, or leave `\(factor)` out"
        : "add `\(characteristic)` to the features, or leave `\(factor)` out:  "
          + "\(option): [\(found.joined(separator: ", "))]"
    case .shortHistories(_, let longest, _, let remedy):
      "ask for less:  " + (remedy.isEmpty ? "min_obs: \(max(1, longest))" : remedy)
    case .noCharacteristics: "name some:  setup …, features: [size, mom]"
    case .noFactors: "name some:  setup …, factors: [mkt, smb]"
    case .otherFactors(let expected, _):
      "set up the task with them:  setup …, factors: [\(expected.joined(separator: ", "))]"
    case .idleFactor(let name, let isObserved, let others):
      (isObserved ? "leave `\(name)` out of the task's factors" : "leave it out")
        + (others.isEmpty ? "" : ":  factors: [\(others.joined(separator: ", "))]")
    case .factorsBeyond(let most, _, let isObserved):
      isObserved
        ? "set the task up with \(most) or fewer" : "name \(most) or fewer:  factors: [mkt]"
    case .forPicturesOnly:
      "use beta: predicted, and keep the smoothed ones for plots:  m | loadings"
    case .notIdentified(_, let remedy): remedy
    case .thinMonth: "drop thin months first, for example with where or a month slice"
    case .missingReturn(let asset, let month, _):
      "cut the panel to a span that all assets share"
        + (month.kind == .minute
          ? "" : ", for example  where \(month.kind == .month ? "month" : "date") > \(month)")
        + ", or leave `\(asset)` out"
    case .absentReturn(let asset, _, _):
      "read what is absent at its mean:  absent: mask; or leave `\(asset)` out"
    case .constantSeries(let asset): "leave `\(asset)` out"
    case .tooFewReturns(let asset, _, _): "leave `\(asset)` out, or let training end later"
    case .otherAssets: "set up the task with the assets the model was fitted on"
    case .otherCharacteristics: "set up the task with the features the model was fitted on"
    case .shortWindows(_, let patch, let found):
      found > patch
        ? "ask for shorter windows:  months: \(min(max(patch, (found - 1) / patch * patch), max(patch, found / 2 / patch * patch)))"
        : "ask for shorter patches and windows:  patch: 1, months: \(max(2, found / 2))"
    case .notFinite: "lower the rate, or look for extreme returns with describe"
    }
  }
}

extension HyperparameterFacts.Kind {
  /// The kind in words.
  public var words: String {
    switch self {
    case .integer: "a whole number"
    case .real: "a number"
    case .flag: "true or false"
    case .word: "one of its option words"
    case .integers: "a list of whole numbers"
    case .words: "a list of its option words, each once"
    }
  }
}

// The conventions of the literature: what verbs do where a program does not say it, all switched at once.

import FactorLang
import FactorRuntime

/// Which conventions are in force.
enum ConventionName: String, ChoiceWord {
  case plain, openap, gkx, jkp, tidyfinance, ff
  var sentence: String {
    switch self {
    case .plain: "fq's own"
    case .openap: "Open Source Asset Pricing (Chen and Zimmermann 2022)"
    case .gkx: "Gu, Kelly and Xiu (2020)"
    case .jkp: "Jensen, Kelly and Pedersen (2023)"
    case .tidyfinance: "the tidy-finance books"
    case .ff: "Fama and French (1993)"
    }
  }
}

/// How firms of a portfolio are weighted.
enum SortWeights: String, ChoiceWord {
  case equal, value, capped
  var sentence: String {
    switch self {
    case .equal: "all firms alike"
    case .value: "by market equity"
    case .capped: "by market equity, at most that of the 80th percentile of NYSE firms"
    }
  }
}

/// What verbs do where a program does not say it.
struct ConventionSet: Sendable, Equatable {
  var name = ConventionName.plain
  var delisting = DelistingRule.shumway
  var publication = PublicationRule.gkx
  var breakpoints = Breakpoints.all
  var weights = SortWeights.equal
  var groups = 5
  /// Firms that a portfolio must have.
  var least = 1
  /// What errors of means allow for; zero lags are errors without correlation over time.
  var errors = ErrorKind.nw
  var lags: Int?
  var ranks = RankOptions.Target.symmetric

  init(_ name: ConventionName = .plain) {
    self.name = name
    switch name {
    case .plain: break
    case .openap:
      (delisting, publication) = (.openap, .openap)
      (errors, lags) = (.ols, 0)
    case .gkx:
      (delisting, weights, groups) = (.openap, .value, 10)
      (errors, lags) = (.ols, 0)
    case .jkp:
      (delisting, publication, ranks) = (.jkp, .jkp, .unit)
      (breakpoints, weights, groups, least) = (.nyse20, .capped, 3, 5)
      (errors, lags) = (.ols, 0)
    case .tidyfinance:
      (delisting, publication, weights) = (.tidyfinance, .ff, .value)
      errors = .r
    case .ff:
      (delisting, publication) = (.none, .ff)
      (breakpoints, weights) = (.nyse, .value)
      (errors, lags) = (.ols, 0)
    }
  }

  /// One line for each choice: what it is called, what is done, where it is used.
  var lines: [(choice: String, value: String, used: String)] {
    [
      ("delisting", delisting.rawValue, "delist rule:"),
      ("publication", "\(publication.rawValue) \(publication.words)", "publish rule:"),
      ("break points", breakpoints.rawValue, "sorts, deciles breakpoints:"),
      ("weights", weights.rawValue, "sorts weighting:"),
      ("groups", String(groups), "sorts groups:"),
      ("firms a portfolio", "\(least) or more", "sorts least:"),
      (
        "standard errors",
        errors == .ols
          ? "plain" : errors == .r ? "Newey-West as R's sandwich" : "Newey-West, usual lags",
        "fama_macbeth, alphas se:, sorts lags:"
      ),
      ("ranks", ranks == .symmetric ? "-1..1" : "0..1", "rank_normalize to:"),
    ]
  }

  /// The choices as a table.
  var table: Table {
    let lines = lines
    var table = Table(
      title: "conventions: \(name.rawValue), \(name.sentence)",
      columns: [
        ("choice", Column(text: lines.map(\.choice))),
        ("convention", Column(text: lines.map(\.value))),
        ("where", Column(text: lines.map(\.used))),
      ])
    table.notes = ["  an option in a call always wins; every table names what it was made by"]
    return table
  }
}

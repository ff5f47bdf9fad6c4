// The epochs of a fit as a table: a row for each epoch of each member.
//
// Seconds stay out: a table's digest must be the same for the same fit.

import FactorRuntime
import Models

extension Table {
  /// Losses first, then what the model measured, in the order it named it.
  init(training members: [TrainingReport]) {
    let names = members.reduce(into: [String]()) { names, report in
      names += report.metrics.names.filter { !names.contains($0) }
    }
    func column(_ values: (TrainingReport) -> [Double]) -> Column {
      Column(numbers: members.flatMap(values))
    }
    let numbered = members.enumerated()
    self.init(
      columns: [
        (
          "member",
          Column(numbers: numbered.flatMap { n, r in r.trainingLoss.map { _ in Double(n + 1) } })
        ),
        ("epoch", column { (0..<$0.epochs).map { Double($0 + 1) } }),
        ("training_loss", column(\.trainingLoss)), ("validation_loss", column(\.validationLoss)),
      ]
        + names.map { name in
          (
            name,
            column { report in
              let found = report.metrics[name] ?? []
              // A fit read from a file has its losses only.
              return found.count == report.epochs ? found : report.trainingLoss.map { _ in .nan }
            }
          )
        })
  }
}

// A fitted model made of members, each of which can stand alone.

/// What all models have in common that are ensembles of trained members.
protocol FittedEnsemble: FittedModel {
  associatedtype Member: TrainedMember
  var summary: FitSummary { get set }
  var members: [Member] { get set }
}

extension FittedEnsemble {
  /// The member with everything else of the ensemble: its scales, and what was chosen for all.
  func member(_ number: Int) -> (any FittedModel)? {
    guard members.indices.contains(number) else { return nil }
    var single = self
    single.members = [members[number]]
    single.summary.members = [members[number].report]
    return single
  }
}

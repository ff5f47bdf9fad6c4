// RVRAE of chapter 233: a gated variational autoencoder of a small set of assets.
//
// One network reads the returns of all assets, period by period; its few factors have a posterior that has seen the
// period and a learned prior that has not, and the decoder moves returns as a curved function of them. There
// are no loadings by characteristic: what a return gains by a factor is the decoder's Jacobian of the period.
// Reference: chapter 233 of "Machine Learning for Trading", with a normal draw, real gradients and the
// divergence of the variances, which its code has and its text halves.

import FactorRuntime

struct SequenceVAE: FactorModel {
  let factors: Int
  let seeds: Int
  let schedule: TrainingSchedule
  let rate: Double
  let hidden: Int
  let anneal: Int
  let form: GatedForm
  let state: DecoderState
  let loss: SequenceLoss
  let clip: Double

  static let card = ModelCard(
    "rvrae233",
    "Fits a recurrent variational autoencoder of a few assets' returns: factors with a learned prior, no features.",
    Hyperparameter("k", default: 2, in: 1...20, "number of latent factors"),
    PredictorSettings.seeds,
    Hyperparameter("epochs", default: 500, in: 1...100_000, "most passes over the periods"),
    Hyperparameter("patience", default: 50, in: 1...100_000, "epochs without improvement to wait"),
    Hyperparameter("rate", default: 5e-3, in: 1e-7...1, "step size of Adam"),
    Hyperparameter("hidden", default: 16, in: 1...512, "units of the encoder, and of the decoder"),
    Hyperparameter(
      "anneal", default: 50, in: 0...100_000, "epochs over which the divergence rises; 0 for none"),
    Hyperparameter("gru", default: GatedForm.s4, "which form the gated units have"),
    Hyperparameter("hid", default: DecoderState.own, "the state that the decoder goes on from"),
    Hyperparameter("recon", default: SequenceLoss.mse, "what a reconstruction is judged by"),
    VariationalSettings.clip,
    reference: "Machine Learning for Trading, chapter 233",
    restore: { try FittedSequence($0, $1) }
  ) {
    SequenceVAE(
      factors: $0, seeds: $1, schedule: TrainingSchedule(epochs: $2, patience: $3), rate: $4,
      hidden: $5, anneal: $6, form: $7, state: $8, loss: $9, clip: $10)
  }.withOperations { _, settings in
    // Of one row: a period of two assets has two.
    SequenceFactorDesign(
      series: 2, factors: settings.integer("k", 2), hidden: settings.integer("hidden", 16)
    ).flops / 2
  }.ofReturnsAlone()

  func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    let copy = self
    let plan = SequenceFactorPlan(
      model: "rvrae233",
      settings: [
        ("k", factors.text), ("seeds", seeds.text), ("epochs", schedule.epochs.text),
        ("patience", schedule.patience.text), ("rate", rate.text), ("hidden", hidden.text),
        ("anneal", anneal.text), ("gru", form.text), ("hid", state.text), ("recon", loss.text),
        ("clip", clip.text),
      ],
      network: { series in
        SequenceFactorDesign(
          series: series, factors: copy.factors, hidden: copy.hidden, form: copy.form,
          state: copy.state, loss: copy.loss, anneal: copy.anneal)
      },
      members: seeds, schedule: schedule, rate: rate, clip: clip)
    return try plan.fit(task, context)
  }
}

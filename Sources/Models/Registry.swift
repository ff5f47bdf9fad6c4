// Every model fq offers: one line each. Help, completion, checking and the manual start here.

/// The models by name, in the order they are listed.
public enum Registry {
  public static let cards: [ModelCard] =
    [
      ObservableFactors.card,
      PCA.card,
      IPCA.card,
      RollingRegression.card,
      KalmanBetas.card,
      CorrelationBetas.card,
    ] + ConditionalAutoencoder.cards + NeuralNetwork.cards + [
      ALSTM.card,
      Transformer.card,
      FactorVAE.card,
      CVRA.card,
      RVRAE.card,
      SequenceVAE.card,
      FactorVAETC.card,
      STORM.card,
    ]

  /// The card of a model, or nil.
  public static func card(_ name: String) -> ModelCard? { cards.first { $0.name == name } }
}

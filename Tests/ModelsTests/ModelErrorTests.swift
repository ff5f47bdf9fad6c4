// Data and settings a model must refuse, each with its own error; and the cards that declare them.

import FactorRuntime
import TestSupport
import Testing

@testable import Models

@Suite struct ModelErrorTests {
  private func expectError(
    _ error: ModelError, _ model: ContractCase, _ task: FactorTask,
    _ own: [String: HyperparameterValue] = [:]
  ) throws {
    let built = try model.model(own)
    #expect(throws: error) { try built.fit(task, FitContext(seed: 1)) }
    #expect(!error.message.isEmpty)
  }

  @Test(arguments: ContractCase.counted)
  func moreFactorsThanCharacteristics(model: ContractCase) throws {
    try expectError(
      .tooManyFactors(factors: 5, characteristics: 4), model, model.task(), ["k": .integer(5)])
  }

  @Test(arguments: ContractCase.crossSections)
  func aTrainingMonthWithOneFirm(model: ContractCase) throws {
    let full = try model.task()
    let thin = full.rows(3)
    let task = full.selecting((0..<full.returns.count).filter { !thin.dropFirst().contains($0) })
    try expectError(
      .thinMonth(month: full.index.months[3], firms: 1, needed: 2), model, task)
  }

  @Test(arguments: ContractCase.crossSections)
  func aTestMonthWithOneFirmIsForecast(model: ContractCase) throws {
    let full = try model.task()
    let thin = full.rows(full.monthCount - 1)
    let task = full.selecting((0..<full.returns.count).filter { !thin.dropFirst().contains($0) })
    let predictions = try model.fit(task).predict(task, budget: Budget())
    #expect(predictions.preferredForecast.allSatisfy { $0.isFinite })
  }

  @Test(arguments: ContractCase.crossSections)
  func characteristicsThatAreAllZero(model: ContractCase) throws {
    let task = try model.task()
    let blank = task.replacing(characteristics: task.characteristics.map { _ in 0 })
    try expectError(.noCharacteristicVaries, model, blank)
  }

  @Test(arguments: ContractCase.plain)
  func aTaskWithoutASplit(model: ContractCase) throws {
    var task = try model.task()
    task.split = nil
    try expectError(.noSplit, model, task)
  }

  @Test(arguments: ContractCase.plain)
  func aFittedModelRefusesOtherCharacteristics(model: ContractCase) throws {
    let task = try model.task()
    let fitted = try model.fit(task)
    let names = task.characteristicNames.map { $0 + "x" }
    let other = FactorTask(
      index: task.index, characteristicNames: names, characteristics: task.characteristics,
      returns: task.returns, targetName: "return", split: task.split)
    let error = ModelError.otherCharacteristics(expected: task.characteristicNames, found: names)
    #expect(throws: error) { try fitted.predict(other, budget: Budget()) }
  }

  @Test func fewTrainingMonthsForceTheSimplerPriorAndSaySo() throws {
    let card = try #require(Registry.card("cvra"))
    let task = try SimulatedPanel.task(firms: 12, months: 36, characteristics: 4)
    let model = try card.model(["k": .integer(2), "seeds": .integer(1), "epochs": .integer(1)])
    let summary = try model.fit(task, FitContext(seed: 1)).summary
    #expect(summary.settings.contains { $0.name == "prior" && $0.value == "var1" })
    #expect(summary.notes.contains { $0.contains("21") && $0.contains("60") })
  }
}

@Suite struct ModelCardTests {
  private static let names = Registry.cards.map(\.name)

  @Test func namesAreUniqueAndFound() {
    #expect(Set(Self.names).count == Self.names.count && !Self.names.isEmpty)
    for name in Self.names { #expect(Registry.card(name)?.name == name) }
    #expect(Registry.card("no_such_model") == nil)
  }

  private func isSnakeCase(_ name: String) -> Bool {
    guard let first = name.first, first.isLowercase, name.last != "_" else { return false }
    return name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } && !name.contains("__")
  }

  @Test(arguments: names)
  func cardsAreComplete(name: String) throws {
    let card = try #require(Registry.card(name))
    #expect(isSnakeCase(card.name))
    #expect(card.summary.hasSuffix(".") && card.summary.first?.isUppercase == true)
    #expect(!card.reference.isEmpty)
    #expect(Set(card.settings.map(\.name)).count == card.settings.count)
    for setting in card.settings {
      #expect(isSnakeCase(setting.name))
      #expect(!setting.sentence.isEmpty && !setting.sentence.hasSuffix("."), "\(setting.name)")
      #expect(!setting.defaultText.isEmpty)
      switch setting.kind {
      case .integer, .real, .integers: #expect(setting.range != nil, "\(setting.name)")
      case .word, .words:
        #expect(setting.choices.count > 1 && setting.choices.allSatisfy { !$0.sentence.isEmpty })
      case .flag: #expect(setting.range == nil)
      }
      #expect(setting.choices.allSatisfy { isSnakeCase($0.name) })
    }
  }

  @Test(arguments: names)
  func defaultsBuildAndLieInTheirRanges(name: String) throws {
    let card = try #require(Registry.card(name))
    _ = try card.model()
    for setting in card.settings {
      if let range = setting.range, let value = Double(setting.defaultText) {
        #expect(range.contains(value), "\(setting.name)")
      }
      if setting.kind == .word {
        #expect(setting.choices.contains { $0.name == setting.defaultText })
      }
    }
  }

  @Test(arguments: names)
  func settingsOutsideTheirRangeOrTypeAreRefused(name: String) throws {
    let card = try #require(Registry.card(name))
    for setting in card.settings {
      #expect(throws: ModelError.settingType(name: setting.name, expected: setting.kind)) {
        try card.model([setting.name: setting.kind == .word ? .flag(true) : .word("no such word")])
      }
      guard let range = setting.range else { continue }
      let beyond = range.upperBound + 1
      let value: HyperparameterValue =
        switch setting.kind {
        case .integer: .integer(Int(beyond))
        case .integers: .integers([Int(beyond)])
        default: .real(beyond)
        }
      let error = ModelError.settingRange(name: setting.name, value: beyond, range: range)
      #expect(throws: error) { try card.model([setting.name: value]) }
    }
  }

  @Test func aListOfWordsIsReadBackFromItsText() throws {
    let card = try #require(Registry.card("ff"))
    for value in [
      HyperparameterValue.words(["smb", "mkt"]), .words([]), .words(["umd"]),
    ] {
      let text = try #require(card.resolved(["factors": value]).first { $0.name == "factors" }).text
      #expect(HyperparameterValue(text, .words) == value)
    }
    let error = ModelError.settingType(name: "factors", expected: .words)
    for wrong in [["mkt", "mkt"], ["mkt", "roe"]] {
      #expect(throws: error) { try card.model(["factors": .words(wrong)]) }
    }
  }

  @Test func aWholeNumberServesWhereANumberIsAsked() throws {
    let card = try #require(Registry.card("cvra"))
    _ = try card.model(["lambda_kl": .integer(1)])
    #expect(throws: ModelError.settingType(name: "k", expected: .integer)) {
      try card.model(["k": .real(2)])
    }
  }
}

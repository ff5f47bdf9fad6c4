// The matcher: which argument goes where, and which one is to blame.

import Testing

@testable import FactorLang

@Suite struct SignatureBindTests {
  let verb = Signature(
    "v",
    parameters: [
      ParameterInfo("first", isRequired: true), ParameterInfo("rest", isVariadic: true),
      ParameterInfo("to"),
    ], receiver: .panel(nil))

  @Test func positionalLabelledAndVariadic() throws {
    let call = try verb.bind([.init(), .init(), .init(label: "to"), .init()], flows: true)
    #expect(call.arguments == [[0], [1, 3], [2]])
    #expect(call.receiver == .flow)
  }

  @Test func atTheHeadTheFirstArgumentIsTheReceiver() throws {
    let call = try verb.bind([.init(), .init()], flows: false)
    #expect(call.receiver == .argument(0) && call.arguments[0] == [1])
  }

  @Test func faultsNameTheArgument() {
    #expect(throws: BindFault.unknownOption(argument: 1, name: "too", nearest: "to")) {
      try verb.bind([.init(), .init(label: "too")], flows: true)
    }
    #expect(throws: BindFault.missing(parameter: "first")) { try verb.bind([], flows: true) }
    #expect(throws: BindFault.missingReceiver(.panel(nil))) { try verb.bind([], flows: false) }
    #expect(throws: BindFault.repeated(argument: 2, name: "to")) {
      try verb.bind([.init(), .init(label: "to"), .init(label: "to")], flows: true)
    }
    #expect(throws: BindFault.definitionForOption(argument: 1, name: "to")) {
      try verb.bind([.init(), .init(label: "to", isDefinition: true)], flows: true)
    }
  }

  @Test func variantsBringTheirOptions() throws {
    let fit = try #require(FakeCatalog().signature(named: "fit"))
    let call = try fit.bind([.init(words: ["cvra"]), .init(label: "epochs")], flows: true)
    #expect(call.parameters.map(\.name) == ["model", "k", "epochs", "seeds"])
    #expect(throws: BindFault.self) {
      try fit.bind([.init(words: ["pca"]), .init(label: "epochs")], flows: true)
    }
    #expect(throws: Never.self) { try fit.bind([.init(), .init(label: "epochs")], flows: true) }
  }

  @Test func theFlowFillsTheFirstParameterWithoutReceiver() throws {
    let function = Signature(
      "f", parameters: [ParameterInfo("a", isRequired: true), ParameterInfo("b")])
    let call = try function.bind([.init()], flows: true)
    #expect(call.flowParameter == 0 && call.arguments == [[], [0]])
  }
}

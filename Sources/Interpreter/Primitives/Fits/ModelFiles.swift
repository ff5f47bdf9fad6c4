// Models in files: `save` writes one with its recipe, `open` reads it back.

import FactorLang
import FactorRuntime
import Models

let filePrimitives: [Primitive] = [
  Primitive(
    "open", topic: .data, "Reads a model that `save` wrote, to forecast with it.",
    Parameter<String>.required("path", "the file, ending in .fqm; relative to the script"),
    returns: "the model, with its target and features but without data",
    examples: [
      """
      t = toy | setup target: ret, features: [size, mom] | split thirds
      m = t | fit ca1, k: 1, seeds: 1, epochs: 3
      save m, "model.fqm"
      open("model.fqm") | predict t, on: test
      """
    ]
  ) { context, path in try ModelFiles.open(context.reading(path), shown: path, context.budget) }
]

enum ModelFiles {
  /// The ending of a model's file.
  static let ending = ".fqm"

  static func bytes(_ value: ModelValue, _ budget: Budget) throws -> [UInt8] {
    var order: JSON?
    if value.model.pause != nil, let task = value.task {
      order = try value.order?.json(for: value.data(of: task), threads: value.threads)
    }
    var container = try ModelFile.container(of: value.model, order: order, budget: budget)
    container.facts.append(.init("task", value.recipe.json))
    if let origin = origin(of: value) { container.facts.append(.init("made", origin)) }
    return container.encoded
  }

  // Version, level and data; the seed is in the summary. Not the threads, of which a model's bytes do
  // not depend: the record of the run has them. Older files do not say.
  private static func origin(of value: ModelValue) -> JSON? {
    guard let task = value.task else { return value.origin }
    let data = value.data(of: task).digest(threads: value.threads)
    return .fields(
      ("fq", .text(CommandLineTool.version)), ("kernels", .text(Kernels.chosen.name)),
      ("data", .text(data)))
  }

  static func open(_ path: String, shown: String, _ budget: Budget) throws -> ModelValue {
    do {
      let container = try Container(decoding: try FileSystem.read(path, heeding: budget))
      let model = try ModelFile.model(in: container)
      let recipe = try TaskRecipe(container.facts.first { $0.name == "task" }?.value)
      guard recipe.features == model.summary.characteristicNames else {
        throw ContainerError.malformed(
          section: "header", reason: "the features of task and model differ")
      }
      return ModelValue(
        model: model, task: nil, recipe: recipe, seconds: 0, threads: 1,
        order: try ModelFile.order(in: container),
        origin: container.facts.first { $0.name == "made" }?.value)
    } catch let error as ContainerError {
      throw Fault(.foreignModel, "`\(shown)` \(error.message)", parameter: "path")
    } catch {
      var fault = Fault(error)
      fault.parameter = "path"
      throw fault
    }
  }
}

extension ModelValue {
  /// The task given, or the one the model was fitted on.
  func requireTask(_ given: TaskValue?) throws -> TaskValue {
    guard let task = given ?? task else {
      throw Fault(
        .missingArgument, "a model from a file carries no data: say which task",
        helps: [
          "make the task as the model's was:  setup target: \(recipe.target), …",
          "or forecast a panel:               panel | predict m, as: \"pred\"",
        ])
    }
    return task
  }
}

// Trees in a compact s-expression form, so that tests can state them in one line.

@testable import FactorLang

enum TreePrinter {
  static func print(_ text: String) -> String {
    let program = Parser.parse(text)
    if let first = program.diagnostics.first { return "! \(first.code.rawValue) \(first.message)" }
    return program.statements.map(print).joined(separator: " ")
  }

  static func print(_ statement: Statement) -> String {
    let body: String
    switch statement.kind {
    case .use(let use):
      let names = use.names.map(\.text).joined(separator: " ")
      body =
        "(use \(use.path)\(use.alias.map { " as \($0.text)" } ?? "")\(names.isEmpty ? "" : " [\(names)]"))"
    case .parameter(let parameter):
      let type = parameter.type.map { ":\($0.text)" } ?? ""
      let allowed = parameter.allowed.map { " in \(print($0))" } ?? ""
      body = "(param \(parameter.name.text)\(type) \(print(parameter.value))\(allowed))"
    case .function(let function):
      let names = function.parameters.map { parameter in
        parameter.name.text + (parameter.type.map { ":\($0.text)" } ?? "")
          + (parameter.value.map { "=\(print($0))" } ?? "")
      }
      body = "(fn \(function.name.text) [\(names.joined(separator: " "))] \(print(function.body)))"
    case .seed(let value): body = "(seed \(print(value)))"
    case .assertion(let condition, let message):
      body = "(assert \(print(condition))\(message.map { " " + print($0) } ?? ""))"
    case .binding(let name, let pipeline): body = "(= \(name.text) \(print(pipeline)))"
    case .pipeline(let pipeline): body = print(pipeline)
    case .invalid: body = "!"
    }
    return (statement.isBackground ? "bg " : "") + body + (statement.isHidden ? ";" : "")
  }

  static func print(_ pipeline: Pipeline) -> String {
    let head: String
    switch pipeline.head {
    case .command(let stage): head = "cmd:" + print(stage)
    case .expression(let expression): head = print(expression)
    case .lastResult: head = "last"
    }
    return ([head] + pipeline.stages.map(print)).joined(separator: " | ")
  }

  static func print(_ stage: Stage) -> String {
    "(" + ([stage.verb] + stage.arguments.map(print)).joined(separator: " ") + ")"
  }

  static func print(_ argument: Argument) -> String {
    switch argument.kind {
    case .positional: return print(argument.value)
    case .option(let name): return "\(name.text):\(print(argument.value))"
    case .definition(let name): return "\(name.text)=\(print(argument.value))"
    }
  }

  static func print(_ expression: Expression) -> String {
    switch expression.kind {
    case .literal(let literal): return print(literal)
    case .interpolation(let pieces):
      let parts = pieces.map { piece in
        switch piece {
        case .text(let text): return "'\(text)'"
        case .hole(let value, let format):
          return "{\(print(value))\(format.map { ":\($0.text)" } ?? "")}"
        }
      }
      return "(str \(parts.joined(separator: " ")))"
    case .name(let name): return name
    case .variable(let name): return "$\(name)"
    case .it: return "it"
    case .list(let items): return "[\(items.map(print).joined(separator: " "))]"
    case .record(let entries):
      let parts = entries.map { entry in
        switch entry {
        case .field(let name, let value): return "\(name.text):\(print(value))"
        case .spread(let value): return "..\(print(value))"
        }
      }
      return "{\(parts.joined(separator: " "))}"
    case .group(let pipeline): return "<\(print(pipeline))>"
    case .block(let block): return print(block)
    case .member(let base, let name): return "(. \(print(base)) \(name.text))"
    case .call(let base, let arguments): return form("call", [print(base)] + arguments.map(print))
    case .subscripted(let base, let arguments):
      return form("at", [print(base)] + arguments.map(print))
    default: return printOperation(expression)
    }
  }

  private static func form(_ head: String, _ parts: [String]) -> String {
    "(" + ([head] + parts).joined(separator: " ") + ")"
  }

  private static func printOperation(_ expression: Expression) -> String {
    switch expression.kind {
    case .unary(let sign, let operand): return form(sign.rawValue, [print(operand)])
    case .binary(let sign, let left, let right, _):
      return form(sign.rawValue, [print(left), print(right)])
    case .comparison(let first, let links):
      return form(
        "cmp", [print(first)] + links.flatMap { [$0.comparison.rawValue, print($0.operand)] })
    case .missingTest(let value, let isNegated):
      return form(isNegated ? "present" : "missing", [print(value)])
    case .range(let range):
      let ends = [range.lower.map(print) ?? "_", range.upper.map(print) ?? "_"]
      return form(
        range.includesUpper ? ".." : "..<", ends + (range.step.map { ["by", print($0)] } ?? []))
    case .conditional(let condition, let then, let otherwise):
      return form("if", [print(condition), print(then), print(otherwise)])
    case .comprehension(let names, let source, let body):
      return form("for", [names.map(\.text).joined(separator: ","), print(source), print(body)])
    case .lambda(let names, let body):
      return form("fn", ["[\(names.map(\.text).joined(separator: " "))]", print(body)])
    case .caught(let value, let name, let fallback):
      return form("catch", [print(value)] + (name.map { [$0.text] } ?? []) + [print(fallback)])
    default: return "!"
    }
  }

  private static func print(_ block: Block) -> String {
    let names = block.parameters.map(\.text).joined(separator: " ")
    return form("block", (names.isEmpty ? [] : ["[\(names)]"]) + block.statements.map(print))
  }

  private static func print(_ literal: Literal) -> String {
    switch literal {
    case .integer(let value): return "\(value)"
    case .number(let value): return "\(value)"
    case .ratio(let value, let unit): return "\(value)\(unit.rawValue)"
    case .month(let year, let month): return "\(year)m\(month)"
    case .date(let year, let month, let day): return "\(year)m\(month)d\(day)"
    case .quarter(let year, let quarter): return "\(year)q\(quarter)"
    case .duration(let amount, let unit): return "\(amount).\(unit.rawValue)"
    case .text(let text): return "'\(text)'"
    case .boolean(let value): return "\(value)"
    case .missing: return "na"
    }
  }
}

// A megabyte of program text for measuring the reader of the language: the kinds of script that
// people write, one after another, each time with other names and numbers.

/// Makes program text of a stated size.
enum LanguageCorpus {
  /// Gives 1,000,000 bytes of program, or a few more: it ends with a whole script.
  static func megabyte() -> String { text(atLeast: 1_000_000) }

  /// Repeats the scripts until the text has the size, each as a cell of its own.
  static func text(atLeast size: Int) -> String {
    var result = "fq 1\n"
    result.reserveCapacity(size + 2_000)
    var part = 0
    while result.utf8.count < size {
      part += 1
      result += "\n#%% Part \(part)\n"
      result += numbered(scripts[part % scripts.count], part)
    }
    return result
  }

  /// Puts the number of the part where a script has an at sign.
  private static func numbered(_ script: String, _ part: Int) -> String {
    var result = ""
    for (index, piece) in script.split(separator: "@", omittingEmptySubsequences: false)
      .enumerated()
    {
      if index > 0 { result += String(part) }
      result += piece
    }
    return result
  }

  private static let scripts = [
    prepare, compare, deciles, rolling, regimes, lesson, functions, research,
  ]

  private static let prepare = """
    ## Firm-month panel, three signals, rank-normalised within each month.
    firms@ = load "crsp@.parquet", keys: [permno, month], known: {book: 6m}
      | where exchange in ["NYSE", "NASDAQ", "AMEX"], price >= 1
      | derive bm  = log(book / mktcap),
               mom = ts.compound(lag(ret, 1m), 11m),
               vol = ts.std(ret, 36m, min: 24)
      | winsorize bm, mom, vol, tails: 1%
      | rank_normalize bm, mom, vol, to: -1..1, na: 0

    chars@ = ["bm", "mom", "vol"]
    assert firms@.min_per_month >= 500, "thin months at the start"

    """

  private static let compare = """
    seed 2024@
    task@ = prep.firms
      | setup target: lead(ret, 1m), features: $prep.chars
      | split train: ..1986-12, valid: 1987-01..1996-12, test: 1997-01..

    grid@ = task@ | sweep [pca, ipca, ca2, cvra], k: 1..6, epochs: 100, patience: 8, seeds: 3

    grid@ | table r2_total, r2_pred, sharpe, rows: model, cols: k, on: test
    grid@ | plot.line sharpe, x: k, by: model, on: test, title: "Out-of-sample Sharpe ratio"

    best@ = grid@ | top 1, by: sharpe, on: valid        # never on the test months
    save best@.model, "best@.fqm"
    best@

    """

  private static let deciles = """
    bt@ = prep.firms[1997-01..]
      | predict open("best.fqm"), as: "pred"
      | deciles pred, within: month, breakpoints: nyse, ties: together
      | portfolio long: 10, short: 1, weight: mktcap, rebalance: 1m
      | costs 30bps, per: side, on: traded

    bt@ | tearsheet
    bt@ | plot.bars mean(net), by: decile, title: "Mean return by decile, net of {cost:bps}"
    bt@ | plot.line growth(gross), growth(net), log: true, shade: nber

    """

  private static let rolling = """
    oos@ = prep.firms
      | setup target: lead(ret, 1m), features: $prep.chars
      | rolling train: 12y, valid: 3y, test: 1y, from: 1987-01, refit: 1y
      | each { w -> w.train | fit cvra, k: 5, valid: w.valid, start: w.previous | predict w.test }
      | stack

    oos@ | ic pred, against: target | plot.line ts.mean(ic, 12m), zero: true
    oos@ | deciles pred | portfolio long: 10, short: 1 | costs 30bps | tearsheet by: window

    """

  private static let regimes = """
    s@ = m | states task, posterior: filtered              # month by latent state
    r@ = s@ | regimes 2, method: hmm, seeds: 10

    r@ | plot.ribbon prob, shade: nber, title: "Filtered probability of each regime"
    r@.transition | show
    r@ | join (m | factors task), on: month
      | summarise mean = mean(f1), vol = std(f1), n = count(), by: regime
      | table digits: 3
    simulate m, from: 2008-09, horizon: 24m, paths: 500 | plot.fan ret, bands: [50%, 90%]

    """

  private static let lesson = """
    ## Characteristics have wild tails. A rank keeps the order and forgets the distance.
    toy@ = panel(firm:  ["A", "B", "C", "D"],
                month: 2020-01,
                bm:    [0.2, 0.9, 1.1, 55.0])
    toy@ | plot.dots bm

    ask "Which firm dominates the mean?", answer: (toy@ | top 1, by: bm).firm
    hint "Look at the largest value."
    ranked@ = toy@ | rank_normalize bm, to: -1..1
    expect ranked@.bm == [-1, -1/3, 1/3, 1], near: 1e-9
    say "Same order, no outlier. `{ranked@.bm}`"

    """

  private static let functions = """
    fn half@(x: num, by: num = 2) -> num = x / by
    fn mean_of@(p) { q = p | where ret > 0
      q | describe }
    param k@: int = 5 in 1..10   ## number of latent factors
    a@ = {x: 1, ..r, `b c`: na}
    c@ = if a@.x >= 1 and not (b == a@) then 2^-1 else -2^2
    d@ = for i, j in 1..10 by 2 { i + j }
    e@ = (x, y) -> x ?? y
    f@ = open("m") catch err -> err.message
    g@ = p[1999-12, permno: [10107, 14593]].ret is not na
    i@ = "K = {k@} of {f(g@, h: "inner {k@:.2}"):%}" | show
    j@ = 2004Q4 + 1q .. 2005Q1

    """

  private static let research = """
    ## The gap between the first and the last decile, month by month, before and after costs.
    world@ = synth world: r_dyn, firms: 200, months: 480, chars: 20, seed: @
    known@ = world@ | setup target: ret, features: $world@.chars | split shares
    simple@ = known@ | fit ca2, k: 3
    deep@ = known@ | fit cvra, k: 3, posterior: exact
    [simple@, deep@] | compare on: test
    #> total R2        0.1270   0.1391
    #> predictive R2   0.0041   0.0053
    ratio@ = (deep@.r2 - simple@.r2) / simple@.r2 * 100%
    signal@ = stocks | where price > 5 and volume * price >= 250k and not (sector in ["F", "U"])
      | derive size = log(mktcap), value = xs.zscore(book / mktcap), quality = roe - xs.mean(roe),
               momentum = ts.compound(lag(ret, 1m), 11m) ?? 0, score = 0.4 * value + 0.6 * momentum
      | deciles score, within: month | portfolio long: 10, short: 1 | costs 12.5bps

    """
}

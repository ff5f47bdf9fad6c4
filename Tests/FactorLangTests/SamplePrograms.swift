// The example scripts of the language description; seeds of many tests.

enum SamplePrograms {
  static let prepare = """
    #!/usr/bin/env fq
    fq 1
    ## Firm-month panel, three signals, rank-normalised within each month.

    param data: path = "crsp.parquet"

    firms = load data, keys: [permno, month], known: {book: 6m}
      | where exchange in ["NYSE", "NASDAQ", "AMEX"], price >= 1
      | derive bm  = log(book / mktcap),
               mom = ts.compound(lag(ret, 1m), 11m),
               vol = ts.std(ret, 36m, min: 24)
      | winsorize bm, mom, vol, tails: 1%
      | rank_normalize bm, mom, vol, to: -1..1, na: 0

    chars = ["bm", "mom", "vol"]
    assert firms.min_per_month >= 500, "thin months at the start"
    """

  static let compare = """
    fq 1
    use "prep.fq" as prep
    param epochs: int = 100
    seed 20240131

    task = prep.firms
      | setup target: lead(ret, 1m), features: $prep.chars
      | split train: ..1986-12, valid: 1987-01..1996-12, test: 1997-01..

    grid = task | sweep [pca, ipca, ca2, vae, cvra], k: 1..6, epochs: epochs, patience: 8, seeds: 3

    grid | table r2_total, r2_pred, sharpe, rows: model, cols: k, on: test
    grid | plot.line sharpe, x: k, by: model, on: test, title: "Out-of-sample Sharpe ratio"

    best = grid | top 1, by: sharpe, on: valid        # choosing on `test` would be lint L0310
    save best.model, "best.fqm"
    best
    """

  static let deciles = """
    fq 1
    use "prep.fq" as prep
    param cost: ratio = 30bps

    bt = prep.firms[1997-01..]
      | predict open("best.fqm"), as: "pred"
      | deciles pred, within: month, breakpoints: nyse, ties: together
      | portfolio long: 10, short: 1, weight: mktcap, rebalance: 1m
      | costs cost, per: side, on: traded

    bt | tearsheet
    bt | plot.bars mean(net), by: decile, title: "Mean monthly return by decile, net of {cost:bps}"
    bt | plot.line growth(gross), growth(net), log: true, shade: nber
    """

  static let rolling = """
    fq 1
    use "prep.fq" as prep
    seed 7

    oos = prep.firms
      | setup target: lead(ret, 1m), features: $prep.chars
      | rolling train: 12y, valid: 3y, test: 1y, from: 1987-01, refit: 1y
      | each { w -> w.train | fit cvra, k: 5, valid: w.valid, start: w.previous | predict w.test }
      | stack

    oos | ic pred, against: target | plot.line ts.mean(ic, 12m), zero: true
    oos | deciles pred | portfolio long: 10, short: 1 | costs 30bps | tearsheet by: window
    """

  static let regimes = """
    fq 1
    use "prep.fq" as prep
    m = open "best.fqm"
    task = prep.firms | setup target: lead(ret, 1m), features: $prep.chars

    s = m | states task, posterior: filtered              # month × latent state
    r = s | regimes 2, method: hmm, seeds: 10

    r | plot.ribbon prob, shade: nber, title: "Filtered probability of each regime"
    r.transition | show
    r | join (m | factors task), on: month
      | summarise mean = mean(f1), vol = std(f1), n = count(), by: regime
      | table digits: 3
    simulate m, from: 2008-09, horizon: 24m, paths: 500 | plot.fan ret, bands: [50%, 90%]
    """

  static let lesson = """
    fq 1
    #%% Why rank-normalise?
    ## Characteristics have wild tails. A rank keeps the order and forgets the distance.

    toy = panel(firm:  ["A", "B", "C", "D"],
                month: 2020-01,
                bm:    [0.2, 0.9, 1.1, 55.0])
    toy | plot.dots bm

    ask "Which firm dominates the mean?", answer: (toy | top 1, by: bm).firm
    hint "Look at the largest value."

    #%% Your turn
    toy2 = toy | rank_normalize bm, to: -1..1
    expect toy2.bm == [-1, -1/3, 1/3, 1], near: 1e-9
    ## Any code that produces this column passes; the text you typed is not compared.

    pause
    say "Same order, no outlier. `{toy2.bm}`"
    """

  static let grammar = """
    fn half(x: num, by: num = 2) -> num = x / by
    fn mean_of(p) { q = p | where ret > 0
      q | describe }
    param k: int = 5 in 1..10   ## number of latent factors
    use {chars, firms} from "prep.fq"
    bg grid = synth world: r_dyn, firms: 200 | sweep [pca], k: 1..6
    a = {x: 1, ..r, `b c`: na}; b = {}
    c = if a.x >= 1 and not (b == a) then 2^-1 else -2^2
    d = for i, j in 1..10 by 2 { i + j }
    e = (x, y) -> x ?? y
    f = open("m") catch err -> err.message
    g = p[1999-12, permno: [10107, 14593]].ret is not na
    h = p | where (a > 1) and (b not in [1, 2]), 0 < x <= 3 | derive y = $k * lag(x, 1m)
    | describe
    i = "K = {k} of {f(g, h: "inner {k:.2}"):%}" | show
    j = 2004Q4 + 1q .. 2005Q1
    """

  static let all = [prepare, compare, deciles, rolling, regimes, lesson, grammar]
}

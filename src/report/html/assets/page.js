"use strict";
// Fills the page from the report. Text enters through textContent alone, so
// that nothing in a statement or a name can become markup.
(() => {
  const report = JSON.parse(document.getElementById("report").textContent);
  const main = document.getElementById("main");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const hues = {
    light: ["#0550ae", "#c4320a", "#1a7f37", "#8250df", "#9a6700", "#0a7ea4", "#bf3989", "#57606a",
      "#6f4e37", "#00796b", "#3f51b5", "#827717"],
    dark: ["#79b8ff", "#ff9b70", "#56d364", "#d2a8ff", "#e3b341", "#56d4dd", "#ff8fc7", "#9aa5b1",
      "#d7a98c", "#4db6ac", "#9fa8da", "#d4e157"],
  };
  const hue = (i) => hues[dark.matches ? "dark" : "light"][i % 12];
  const unknown = "unknown";

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const usd = (value) => {
    if (value === null || value === undefined) return unknown;
    const amount = Number(value);
    const digits = amount !== 0 && Math.abs(amount) < 100 ? 2 : 0;
    return "$" + amount.toLocaleString("en-US",
      { minimumFractionDigits: digits, maximumFractionDigits: digits });
  };
  const percent = (share) =>
    share === null || share === undefined ? unknown : (share * 100).toFixed(1) + " %";
  const figure = (value, digits = 2) =>
    value === null || value === undefined ? unknown
      : Number(value).toLocaleString("en-US", { maximumFractionDigits: digits });
  const multiple = (load) => (load < 10 ? load.toFixed(2) : load.toFixed(0)) + "x";

  const section = (id, title) => {
    const element = make("section", { id }, make("h2", { textContent: title }));
    main.append(element);
    return element;
  };
  const cell = (value, number) => {
    const td = make("td", { className: number ? "number" : "" });
    td.append(value instanceof Node ? value : String(value));
    return td;
  };
  // Columns: { title, number, of(row) -> shown, by(row) -> sorted by }.
  const table = (rows, columns, caption) => {
    const body = make("tbody");
    const fill = (shown) => body.replaceChildren(...shown.map((row) =>
      make("tr", {}, ...columns.map((column) => cell(column.of(row), column.number)))));
    const head = make("tr");
    const element = make("table", {},
      make("caption", { textContent: caption }), make("thead", {}, head), body);
    columns.forEach((column) => {
      const th = make("th", { scope: "col", className: column.number ? "number" : "" });
      if (column.by) {
        th.append(make("button", { type: "button", textContent: column.title, onclick: () => {
          const down = th.getAttribute("aria-sort") === "ascending";
          head.querySelectorAll("th").forEach((one) => one.removeAttribute("aria-sort"));
          th.setAttribute("aria-sort", down ? "descending" : "ascending");
          rows.sort((a, b) => {
            const [x, y] = [column.by(a), column.by(b)];
            const order = typeof x === "number" ? x - y : String(x).localeCompare(String(y), "en");
            return down ? -order : order;
          });
          element.refill();
        } }));
      } else {
        th.textContent = column.title;
      }
      head.append(th);
    });
    let kept = () => true;
    element.refill = (test) => { kept = test ?? kept; fill(rows.filter(kept)); };
    element.refill();
    return element;
  };
  const wide = (element) => make("div", { className: "wide" }, element);

  // A curve at a load: level until the next point where things are bought
  // whole (Postgres), straight on both logarithmic axes elsewhere. Past its
  // last point a curve has no value.
  const stepped = (curve) => curve.kind !== "design";
  const at = (curve, load) => {
    const points = curve.points;
    if (points.length === 0 || load < points[0][0] * (1 - 1e-9)) return null;
    for (let i = 0; i < points.length; i += 1) {
      if (Math.abs(points[i][0] / load - 1) < 1e-9) return points[i][1];
      if (points[i][0] < load) continue;
      const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
      if (stepped(curve)) return y0;
      if (y0 <= 0 || y1 <= 0) return y0 + (y1 - y0) * (load - x0) / (x1 - x0);
      return y0 * Math.pow(y1 / y0, Math.log(load / x0) / Math.log(x1 / x0));
    }
    return null;
  };

  // What eight draws in ten cost, as far as nine in ten can have the thing.
  const drawBands = (chart, lines) => {
    const draw = chart.ctx;
    draw.save();
    draw.beginPath();
    draw.rect(chart.bbox.left, chart.bbox.top, chart.bbox.width, chart.bbox.height);
    draw.clip();
    draw.globalAlpha = lines.length > 5 ? 0.1 : 0.18;
    lines.forEach((line, i) => {
      if (line.band.length < 2 || !chart.series[i + 1].show) return;
      const to = (point, key) => draw.lineTo(
        chart.valToPos(point.x, "x", true), chart.valToPos(point[key], "y", true));
      draw.beginPath();
      line.band.forEach((point) => to(point, "p90"));
      [...line.band].reverse().forEach((point) => to(point, "p10"));
      draw.fillStyle = hue(i);
      draw.fill();
    });
    draw.restore();
  };

  const axisStyle = () => {
    const style = getComputedStyle(document.documentElement);
    const rule = style.getPropertyValue("--rule").trim();
    return { stroke: style.getPropertyValue("--soft").trim(),
      grid: { stroke: rule, width: 1 }, ticks: { stroke: rule } };
  };
  // Draws now, when the width changes and when light and dark do.
  const live = (place, draw) => {
    let chart = null;
    const again = () => { const before = chart; chart = draw(before); before?.destroy(); };
    again();
    dark.addEventListener("change", again);
    let width = place.clientWidth;
    addEventListener("resize", () => {
      if (place.clientWidth !== width) { width = place.clientWidth; again(); }
    });
  };

  // Lines of cost with a slider over the places at which they were computed.
  // Lines: { name, stepped, at(x), band, ends, refuses(x) }.
  const explore = (of) => {
    const part = section(of.id, of.title);
    const slider = make("input", { type: "range", id: of.slider, min: 0,
      max: of.places.length - 1, step: 1, value: 0 });
    const shown = make("output", { id: of.slider + "-shown" });
    shown.setAttribute("for", of.slider);
    const figures = make("div", { id: of.slider + "-figures", className: "wide" });
    const place = make("div", { id: of.slider + "-chart" });
    part.append(make("div", { className: "load" },
      make("label", { htmlFor: of.slider, textContent: of.label }), slider, shown),
    figures, place, make("p", { className: "note", textContent: of.note }));

    const showAt = () => {
      const x = of.places[Number(slider.value)];
      shown.textContent = of.spoken(x);
      slider.setAttribute("aria-valuetext", of.spoken(x));
      const rows = of.lines.map((line, i) => ({ line, i, usd: line.at(x) }))
        .map((row) => ({ ...row, refuses: row.usd !== null && row.line.refuses(x) }))
        .sort((a, b) => a.refuses - b.refuses || (a.usd ?? Infinity) - (b.usd ?? Infinity));
      const least = rows[0].refuses ? null : rows[0].usd;
      figures.replaceChildren(table(rows, [
        { title: "design and capacity mode", of: ({ line, i, refuses }) => {
          const swatch = make("span", { className: "swatch" });
          swatch.style.background = hue(i);
          return make("span", {}, swatch, line.name + (refuses ? ": refuses part of this load" : ""));
        } },
        { title: "USD a month", number: true,
          of: (row) => row.usd === null ? row.line.ends ?? "not known" : usd(row.usd) },
        { title: "in eight draws of ten", number: true, of: ({ line }) => {
          const point = line.band.find((one) => Math.abs(one.x - x) <= 1e-9 * Math.abs(x));
          return point ? `${usd(point.p10)} to ${usd(point.p90)}` : "-";
        } },
        { title: "over the cheapest", number: true,
          of: (row) => row.usd === null || row.refuses || !(least > 0) ? "-" : (row.usd / least).toFixed(2) + " times" },
      ], of.caption(x)));
    };
    slider.addEventListener("input", showAt);
    showAt();
    dark.addEventListener("change", showAt);

    live(place, (before) => {
      const hidden = before ? before.series.slice(1).map((one) => !one.show) : [];
      const axis = axisStyle();
      return new uPlot({
        width: Math.max(280, place.clientWidth), height: place.clientWidth < 600 ? 300 : 420,
        scales: { x: { time: false, distr: of.logarithmic ? 3 : 1 }, y: { distr: 3 } },
        cursor: { drag: { x: false, y: false } },
        hooks: { drawAxes: [(chart) => drawBands(chart, of.lines)] },
        axes: [
          { ...axis, label: of.axis, values: (_, ticks) =>
            ticks.map((x) => x === null ? null : of.tick(x)) },
          { ...axis, size: 78, label: "USD a month", values: (_, ticks) =>
            ticks.map((y) => y === null ? null : usd(y)) },
        ],
        series: [
          { label: of.label, value: (_, x) => x === null ? "-" : of.spoken(x) },
          ...of.lines.map((line, i) => ({
            label: line.name, stroke: hue(i), width: 2, dash: i < 12 ? undefined : [6, 4],
            show: !hidden[i], points: { show: false },
            paths: line.stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
            value: (_, y) => y === null ? "-" : usd(y),
          })),
        ],
      }, [of.drawn, ...of.lines.map((line) => of.drawn.map((x) => line.at(x)))], place);
    });
  };
  const hint = "Click a name under the chart to hide its line. Shaded: what eight draws in ten of the uncertain inputs cost.";

  // Whether a design under a mode refuses too much of a load to be put forward.
  const refused = new Map((report.designs ?? []).flatMap((design) => (design.modes ?? [])
    .map((mode) => [mode.curve, mode.refused_loads ?? []])));
  const refusedAt = (name, load) => (refused.get(name) ?? [])
    .some(([from, to]) => from * (1 - 1e-9) <= load && load <= to * (1 + 1e-9));

  const drawCosts = () => {
    const curves = report.curves ?? [];
    if (curves.length === 0) return;
    const bands = new Map((report.uncertainty?.curves ?? []).map((curve) => [curve.name,
      curve.band.filter((point) => point.share_available >= 0.9)
        .map((point) => ({ ...point, x: point.load }))]));
    explore({
      id: "costs", title: "Cost over load", slider: "load", label: "Load, multiple of today's",
      // The designs' loads: there every curve was computed, Postgres's too.
      places: (curves.find((curve) => !stepped(curve)) ?? curves[0]).points.map((p) => p[0]),
      drawn: [...new Set(curves.flatMap((curve) => curve.points.map((p) => p[0])))]
        .sort((a, b) => a - b),
      lines: curves.map((curve) => ({ name: curve.name, stepped: stepped(curve), ends: curve.ends,
        at: (load) => at(curve, load), band: bands.get(curve.name) ?? [],
        refuses: (load) => refusedAt(curve.name, load) })),
      logarithmic: true, axis: "multiple of today's load", spoken: multiple, tick: (x) => x + "x",
      caption: (load) => `At ${multiple(load)} of today's load, cheapest first`,
      note: "The slider moves over the computed loads. " + hint,
    });
  };

  const drawMonths = () => {
    const overTime = report.over_time ?? {};
    const [months, curves] = [overTime.months ?? [], overTime.curves ?? []];
    if (months.length < 2 || curves.length === 0) return;
    const load = new Map(months.map((one) => [one.month, one.load]));
    const spoken = (month) => `month ${figure(month, 1)}, ${multiple(load.get(month) ?? 1)} of today's load`;
    explore({
      id: "growth", title: "Cost over time", slider: "month", label: "Months from today",
      places: months.map((one) => one.month), drawn: months.map((one) => one.month),
      lines: curves.map((curve) => {
        const known = new Map(curve.points.map((point) => [point.month, point]));
        return { name: curve.name, stepped: false, ends: null,
          refuses: (month) => refusedAt(curve.name, load.get(month) ?? 1),
          at: (month) => known.get(month)?.usd ?? null,
          band: curve.points.filter((point) => point.share_available >= 0.9)
            .map((point) => ({ ...point, x: point.month })) };
      }),
      logarithmic: false, axis: "months from today", spoken, tick: (x) => figure(x, 1),
      caption: (month) => `In ${spoken(month)}, cheapest first`,
      note: "Load grows as the plan says; rows come with it and go as they reach their retention. "
        + "Month 0 stores today's rows, whereas every load above stores the rows of the horizon. "
        + (overTime.ends ? overTime.ends + " " : "") + hint,
    });
  };

  const drawAnswers = () => {
    const uncertainty = report.uncertainty ?? {};
    const places = (uncertainty.crossovers ?? []).filter((one) => one.postgres === "sharded Postgres");
    if (places.length > 0) {
      const loads = places[0].at.map((one) => one.load);
      const interval = (one) => one === null || one === undefined ? "-"
        : one.draws < 20 ? `about ${multiple(one.load_p50)}, in ${one.draws} of ${uncertainty.draws} draws`
        : `${multiple(one.load_p10)} to ${multiple(one.load_p90)}, in ${percent(one.share_of_draws)} of draws`;
      const cheaper = (one) => one === undefined ? "-"
        : one.design_refuses ? "refuses part of it"
        : one.design_cheaper_share_of_draws === null ? "cannot be compared"
        : percent(one.design_cheaper_share_of_draws) + (one.postgres_missing_share_of_draws > 0
          ? `, no fleet in ${percent(one.postgres_missing_share_of_draws)}` : "");
      section("crossovers", "Where a design and sharded Postgres change places").append(
        wide(table(places, [
          { title: "design and capacity mode", of: (row) => row.design },
          { title: "design cheaper above", of: (row) => interval(row.design_cheaper_above) },
          { title: "Postgres cheaper above", of: (row) => interval(row.postgres_cheaper_above) },
          ...loads.map((load, i) => ({ title: `at ${multiple(load)}`, number: true,
            of: (row) => cheaper(row.at[i]) })),
        ], "Loads in eight draws of ten, - where they do not change places; and the share of draws in which the design is cheaper at a load")));
    }
    const tornado = uncertainty.tornado ?? [];
    if (tornado.length === 0) return;
    const part = section("sensitivity", "Which input moves the answer most");
    tornado.forEach((one) => {
      const rows = one.swings.map((swing) => ({ ...swing,
        width: Math.abs(swing.at_high_usd - swing.at_low_usd) }));
      part.append(wide(table(rows, [
        { title: "input", of: (row) => row.input, by: (row) => row.input },
        { title: "at its low end", number: true, of: (row) => usd(row.at_low_usd) },
        { title: "at its high end", number: true, of: (row) => usd(row.at_high_usd) },
        { title: "swing", number: true, of: (row) => usd(row.width), by: (row) => row.width },
      ], `At ${multiple(one.load)}: what ${one.design} costs beyond ${one.postgres}, a month; ${usd(one.point_usd)} as things are${one.to_measure ? "; measure " + one.to_measure + " first" : ""}`)));
    });
    const left = (report.verdict?.at ?? []).map((one) => one.load)
      .filter((load) => !tornado.some((one) => Math.abs(one.load - load) < 1e-9));
    if (left.length > 0) {
      part.append(make("p", { className: "note", textContent:
        `Not at ${left.map(multiple).join(" and ")}: there no design serves all of its load, or no fleet carries it, so that there is no difference to be moved.` }));
    }
  };

  // Stacked bars from a data-only description, the same that the picture is
  // drawn from.
  const amount = (unit, value) => value === null ? unknown
    : unit === "usd" ? usd(value) : unit === "percent" ? figure(value, value > 0 && value < 10 ? 2 : 0) + " %" : figure(value, 1);
  const drawBars = (id, chart) => {
    if (!chart || chart.bars.length === 0) return;
    const part = section(id, chart.title);
    const place = make("div", { id: id + "-chart" });
    part.append(make("p", { className: "note", textContent: chart.subtitle }), place);
    const at = chart.bars.map((_, i) => i);
    const parts = chart.parts.map((name, i) => ({ name, i }))
      .filter(({ i }) => chart.bars.some((bar) => bar.amounts[i] !== 0));
    // The longest is drawn first, so that each part covers those beyond it.
    const order = [...parts].reverse();
    const sums = (shown) => order.map(({ i }) => chart.bars.map((bar) =>
      parts.filter((one) => one.i <= i && shown(one.i))
        .reduce((sum, one) => sum + (bar.amounts[one.i] ?? 0), 0)));
    // The end of a name tells as much as its beginning.
    const short = (name, width) => name.length <= width ? name
      : name.slice(0, Math.ceil(width / 2)) + "…" + name.slice(name.length - Math.floor(width / 2) + 1);
    live(place, (before) => {
      const hidden = new Set(before ? order.filter((_, s) => !before.series[s + 1].show).map(({ i }) => i) : []);
      const axis = axisStyle();
      const width = Math.max(280, place.clientWidth);
      const narrow = width < 600;
      const letters = narrow ? 16 : 38;
      const drawn = new uPlot({
        width, height: chart.bars.length * (narrow ? 30 : 34) + 90,
        scales: {
          x: { time: false, ori: 1, dir: -1, range: [-0.6, chart.bars.length - 0.4] },
          y: { ori: 0, dir: 1, range: (_, low, high) => [0, (high || 1) * 1.02] },
        },
        cursor: { drag: { x: false, y: false } },
        hooks: { setSeries: [(one, s) => {
          if (s === null) return;
          const off = new Set(order.filter((_, k) => !one.series[k + 1].show).map(({ i }) => i));
          one.setData([at, ...sums((i) => !off.has(i))]);
        }] },
        axes: [
          { ...axis, scale: "x", side: 3, size: narrow ? 120 : 270, grid: { show: false },
            splits: () => at, values: (_, ticks) => ticks.map((i) => short(chart.bars[i]?.name ?? "", letters)) },
          { ...axis, scale: "y", side: 2, label: chart.x_label, space: 70,
            values: (_, ticks) => ticks.map((y) => amount(chart.unit, y)) },
        ],
        series: [
          { label: "bar", value: (_, i) => i === null ? "-" : chart.bars[i]?.name ?? "-" },
          ...order.map(({ name, i }) => ({
            label: name, stroke: hue(i), fill: hue(i), width: 0, show: !hidden.has(i),
            points: { show: false }, paths: uPlot.paths.bars({ size: [0.72, 40] }),
            value: (_, __, ___, bar) => bar === null ? "-" : amount(chart.unit, chart.bars[bar].amounts[i]),
          })),
        ],
      }, [at, ...sums((i) => !hidden.has(i))], place);
      return drawn;
    });
    const details = make("details", {}, make("summary", { textContent: "The same as a table" }));
    details.append(wide(table([...chart.bars], [
      { title: "", of: (bar) => bar.name, by: (bar) => bar.name },
      ...parts.map(({ name, i }) => ({ title: name, number: true,
        of: (bar) => amount(chart.unit, bar.amounts[i]), by: (bar) => bar.amounts[i] ?? -1 })),
    ], chart.x_label)));
    part.append(details);
  };

  const drawDay = (chart) => {
    if (!chart) return;
    const part = section("busiest-day", chart.title);
    const place = make("div", { id: "busiest-day-chart" });
    part.append(make("p", { className: "note", textContent: chart.subtitle }), place);
    const moments = chart.moments;
    const clock = (s) => `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}`;
    live(place, () => new uPlot({
      width: Math.max(280, place.clientWidth), height: place.clientWidth < 600 ? 280 : 360,
      scales: { x: { time: false }, y: { range: (_, low, high) => [0, (high || 1) * 1.05] } },
      cursor: { drag: { x: false, y: false } },
      axes: [
        { ...axisStyle(), label: chart.x_label, splits: () =>
          moments.filter((one) => one.at_s % 10800 === 0).map((one) => one.at_s),
        values: (_, ticks) => ticks.map(clock) },
        { ...axisStyle(), size: 70, label: chart.y_label, values: (_, ticks) =>
          ticks.map((y) => figure(y, 0)) },
      ],
      series: [
        { label: "time", value: (_, s) => s === null ? "-" : clock(s) },
        { label: "demand", stroke: hue(0), width: 2, points: { show: false } },
        { label: "capacity", stroke: hue(7), width: 2, dash: [8, 5], points: { show: false },
          paths: uPlot.paths.stepped({ align: 1 }) },
        { label: "throttled", stroke: hue(1), fill: hue(1), width: 1, points: { show: false } },
      ],
    }, [moments.map((one) => one.at_s), moments.map((one) => one.demand),
      moments.map((one) => one.capacity), moments.map((one) => one.throttled)], place));
  };

  const drawStatements = () => {
    const patterns = report.workload?.patterns ?? [];
    const designs = report.designs ?? [];
    const part = section("statements", "Statements");
    const costOf = new Map(designs.map((design) => {
      const sums = new Map();
      design.operations.forEach((one) => {
        const before = sums.has(one.pattern) ? sums.get(one.pattern) : 0;
        // One part that has no price leaves the whole without one.
        sums.set(one.pattern, before === null || one.monthly_usd === null
          ? null : before + Number(one.monthly_usd));
      });
      design.not_served.forEach((one) => {
        if (one.service !== "scan") sums.set(one.pattern, "not served");
      });
      return [design.name, sums];
    }));
    const cost = (design, row) => costOf.get(design.name).get(row.pattern);
    const search = make("input", { type: "search", id: "search", placeholder: "part of a statement" });
    const list = table([...patterns], [
      { title: "statement", of: (row) => make("code", { textContent: row.sql }), by: (row) => row.sql },
      { title: "calls a month", number: true, of: (row) => figure(row.calls_per_month, 0),
        by: (row) => Number(row.calls_per_month) },
      ...designs.map((design) => ({
        title: design.name, number: true,
        of: (row) => {
          const value = cost(design, row);
          return value === undefined ? "-" : typeof value === "string" ? value : usd(value);
        },
        by: (row) => { const value = cost(design, row); return typeof value === "number" ? value : -1; },
      })),
    ], "USD a month of requests on demand, today; - where a design needs no request");
    search.addEventListener("input", () => {
      const wanted = search.value.toLowerCase();
      list.refill((row) => row.sql.toLowerCase().includes(wanted));
    });
    part.append(make("label", { htmlFor: "search", textContent: "Search " }), search, wide(list));
  };

  const drawCoverage = () => {
    const designs = report.designs ?? [];
    const classes = ["served", "scan", "not_served", "unparsed", "ignorable"];
    const rows = designs.flatMap((design) => [
      { name: design.name, of: "calls", shares: design.coverage },
      { name: design.name, of: "execution time", shares: design.coverage_by_time },
    ]);
    section("coverage", "Coverage").append(wide(table(rows, [
      { title: "design", of: (row) => row.name },
      { title: "share of", of: (row) => row.of },
      ...classes.map((one) => ({ title: one.replace("_", " "), number: true,
        of: (row) => percent(row.shares?.[one]) })),
    ], "How much of the recorded load each design serves")));
  };

  const drawFindings = () => {
    const all = [
      ...(report.findings ?? []).map((one) => ({ ...one, whose: "" })),
      ...(report.designs ?? []).flatMap((design) =>
        design.findings.map((one) => ({ ...one, whose: design.name + ": " }))),
    ];
    const part = section("findings", "Findings");
    const severities = ["high", "medium", "low", "info"];
    const rest = [...new Set(all.map((one) => one.severity))].filter((one) => !severities.includes(one));
    [...severities, ...rest].forEach((severity) => {
      const these = all.filter((one) => one.severity === severity);
      if (these.length === 0) return;
      part.append(
        make("h3", { className: "severity " + severity, textContent: `${severity} (${these.length})` }),
        make("ul", { className: "findings" }, ...these.map((one) => {
          const item = make("li", { textContent: one.whose + one.what });
          if (one.mend) item.append(make("span", { className: "note", textContent: " Mend: " + one.mend }));
          return item;
        })));
    });
  };

  // The other side, so that an administrator can follow and question it.
  const drawPostgres = () => {
    const postgres = report.postgres ?? {};
    const fleets = (postgres.at ?? []).flatMap((at) => [
      { load: at.load, what: "sharded", fleet: at.fleet },
      { load: at.load, what: "unsharded", fleet: at.single },
    ]);
    if (fleets.length === 0) return;
    const part = section("postgres", "Postgres, as it is sized and billed");
    const of = (show) => (row) => row.fleet ? show(row.fleet) : "-";
    const total = (fleet) => usd(fleet.monthly_usd)
      + (fleet.is_lower_bound ? " or more" : "") + (fleet.is_estimated ? ", estimated" : "");
    part.append(wide(table(fleets, [
      { title: "load", number: true, of: (row) => multiple(row.load) },
      { title: "fleet", of: (row) => row.what },
      { title: "shards", number: true, of: of((fleet) => fleet.shards) },
      { title: "instance", of: of((fleet) => fleet.instance) },
      { title: "read replicas of each", number: true,
        of: of((fleet) => fleet.read_replicas?.of_a_shard ?? 0) },
      { title: "USD a month", number: true, of: of(total) },
      { title: "what decides", of: of((fleet) => fleet.binding) },
    ], "The cheapest fleets of RDS Multi-AZ instances at the peak; - where none with a price carries the load")));
    const offers = postgres.offers ?? [];
    part.append(wide(table(offers, [
      { title: "bought as", of: (row) => row.name },
      ...(offers[0]?.at ?? []).map((at, i) => ({ title: `at ${multiple(at.load)}`, number: true,
        of: (row) => row.at[i].monthly_usd === null ? "-" : usd(row.at[i].monthly_usd) })),
    ], "Every way to buy the sharded fleet, USD a month; upfront payments are spread over their terms")));
    part.append(wide(table(postgres.like_for_like ?? [], [
      { title: "terms", of: (row) => row.terms },
      { title: "load", number: true, of: (row) => multiple(row.load) },
      { title: "cheapest design", of: (row) => row.design ?? "none is put forward" },
      { title: "USD a month", number: true,
        of: (row) => row.design === null ? "-" : usd(row.design_monthly_usd) },
      { title: "cheapest Postgres", of: (row) => row.postgres ?? "none is known" },
      { title: "USD a month", number: true,
        of: (row) => row.postgres === null ? "-" : usd(row.postgres_monthly_usd) },
      { title: "not among them", of: (row) => row.missing ?? "" },
    ], "Like against like: both sides at list prices, and both committed")));
    const times = (postgres.latency?.at ?? []).flatMap((at) => [
      { load: at.load, what: "primaries, one shard", of: at.postgres?.one_shard },
      { load: at.load, what: "primaries, every shard", of: at.postgres?.every_shard },
      { load: at.load, what: "read replicas, one shard", of: at.read_replicas?.one_shard },
    ]).filter((one) => one.of);
    const band = postgres.latency?.dynamodb;
    if (times.length > 0) {
      part.append(wide(table(times, [
        { title: "load", number: true, of: (row) => multiple(row.load) },
        { title: "statements to", of: (row) => row.what },
        { title: "p50 ms", number: true, of: (row) => figure(row.of.p50_ms) },
        { title: "p95 ms", number: true, of: (row) => figure(row.of.p95_ms) },
        { title: "p99 ms", number: true, of: (row) => figure(row.of.p99_ms) },
      ], `${postgres.latency.what}. DynamoDB: ${band.low_ms} to ${band.high_ms} ms, ${band.what}`)));
    }
    const people = postgres.people;
    if (people) {
      const [low, mid, high] = people.first_sharding_engineer_years;
      part.append(make("p", { className: "note", textContent:
        `People, in the totals: ${people.counted}. Engineers at today's load: ${people.engineers.map((one) => figure(one)).join(", ")} (least, likely, most); `
        + `to shard the first table: ${low}, ${mid} or ${high} engineer-years. Readings of published stories, not measurements.` }));
    }
    (postgres.questions ?? []).forEach((one) => part.append(
      make("h3", { textContent: one.question }), make("p", { textContent: one.answer })));
  };

  const drawAssumptions = () => {
    section("assumptions", "Assumptions").append(wide(table([...(report.assumptions ?? [])], [
      { title: "what", of: (row) => row.what },
      { title: "value", of: (row) => row.value },
      { title: "from", of: (row) => row.origin },
      { title: "kind", of: (row) => row.assumed ? "assumed" : "stated" },
    ], "What the figures rest on; what is assumed was measured by nobody")));
  };

  const drawManifest = () => {
    const manifest = report.manifest ?? {};
    const part = section("manifest", "Made from");
    part.append(make("p", { textContent:
      `ddbplan ${manifest.ddbplan_version}, seed ${manifest.seed}, price book ${manifest.price_book?.id}` }));
    part.append(wide(table([...(manifest.inputs ?? [])], [
      { title: "file", of: (row) => row.name },
      { title: "SHA-256", of: (row) => make("span", { className: "hash", textContent: row.sha256 }) },
    ], "Inputs")));
  };

  drawCosts();
  drawMonths();
  drawAnswers();
  drawBars("breakdown", report.pictures?.cost_breakdown);
  drawBars("amplification", report.pictures?.write_amplification);
  drawDay(report.pictures?.busiest_day);
  drawBars("refused", report.pictures?.refused);
  drawBars("utilisation", report.pictures?.postgres_utilisation);
  drawPostgres();
  drawCoverage();
  drawFindings();
  drawStatements();
  drawAssumptions();
  drawManifest();
})();

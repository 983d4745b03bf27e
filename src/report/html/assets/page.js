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
  const bands = new Map((report.uncertainty?.curves ?? []).map((curve) =>
    [curve.name, curve.band.filter((point) => point.share_available >= 0.9)]));
  const drawBands = (chart, curves) => {
    const draw = chart.ctx;
    draw.save();
    draw.beginPath();
    draw.rect(chart.bbox.left, chart.bbox.top, chart.bbox.width, chart.bbox.height);
    draw.clip();
    draw.globalAlpha = curves.length > 5 ? 0.1 : 0.18;
    curves.forEach((curve, i) => {
      const band = bands.get(curve.name) ?? [];
      if (band.length < 2 || !chart.series[i + 1].show) return;
      const to = (point, key) => draw.lineTo(
        chart.valToPos(point.load, "x", true), chart.valToPos(point[key], "y", true));
      draw.beginPath();
      band.forEach((point) => to(point, "p90"));
      [...band].reverse().forEach((point) => to(point, "p10"));
      draw.fillStyle = hue(i);
      draw.fill();
    });
    draw.restore();
  };

  const drawCosts = () => {
    const curves = report.curves ?? [];
    if (curves.length === 0) return;
    const costs = section("costs", "Cost over load");
    const loads = [...new Set(curves.flatMap((curve) => curve.points.map((p) => p[0])))]
      .sort((a, b) => a - b);
    // The designs' loads: there every curve was computed, Postgres's too.
    const computed = (curves.find((curve) => !stepped(curve)) ?? curves[0]).points.map((p) => p[0]);
    const slider = make("input", {
      type: "range", id: "load", min: 0, max: computed.length - 1, step: 1, value: 0,
    });
    const shown = make("output", { id: "load-shown" });
    shown.setAttribute("for", "load");
    costs.append(make("div", { className: "load" },
      make("label", { htmlFor: "load", textContent: "Load, multiple of today's" }), slider, shown));
    const figures = make("div", { id: "figures", className: "wide" });
    const place = make("div", { id: "chart" });
    costs.append(figures, place, make("p", { className: "note", textContent:
      "The slider moves over the computed loads. Click a name under the chart to hide its line. Shaded: what eight draws in ten of the uncertain inputs cost." }));

    const showAt = () => {
      const load = computed[Number(slider.value)];
      shown.textContent = multiple(load);
      slider.setAttribute("aria-valuetext", multiple(load));
      const rows = curves.map((curve, i) => ({ curve, i, usd: at(curve, load) }))
        .sort((a, b) => (a.usd ?? Infinity) - (b.usd ?? Infinity));
      const least = rows[0].usd;
      figures.replaceChildren(table(rows, [
        { title: "design and capacity mode", of: ({ curve, i }) => {
          const swatch = make("span", { className: "swatch" });
          swatch.style.background = hue(i);
          return make("span", {}, swatch, curve.name);
        } },
        { title: "USD a month", number: true,
          of: (row) => row.usd === null ? row.curve.ends ?? "no fleet at this load" : usd(row.usd) },
        { title: "in eight draws of ten", number: true, of: ({ curve }) => {
          const point = (bands.get(curve.name) ?? [])
            .find((one) => Math.abs(one.load / load - 1) < 1e-9);
          return point ? `${usd(point.p10)} to ${usd(point.p90)}` : "-";
        } },
        { title: "over the cheapest", number: true,
          of: (row) => row.usd === null || !(least > 0) ? "-" : (row.usd / least).toFixed(2) + " times" },
      ], `At ${multiple(load)} of today's load, cheapest first`));
    };
    slider.addEventListener("input", showAt);

    let chart = null;
    const draw = () => {
      const hidden = chart ? chart.series.slice(1).map((one) => !one.show) : [];
      if (chart) chart.destroy();
      const style = getComputedStyle(document.documentElement);
      const ink = style.getPropertyValue("--soft").trim();
      const rule = style.getPropertyValue("--rule").trim();
      const axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule } };
      chart = new uPlot({
        width: Math.max(280, place.clientWidth), height: place.clientWidth < 600 ? 300 : 420,
        scales: { x: { time: false, distr: 3 }, y: { distr: 3 } },
        cursor: { drag: { x: false, y: false } },
        hooks: { drawAxes: [(chart) => drawBands(chart, curves)] },
        axes: [
          { ...axis, label: "multiple of today's load", values: (_, ticks) =>
            ticks.map((x) => x === null ? null : x + "x") },
          { ...axis, size: 78, label: "USD a month", values: (_, ticks) =>
            ticks.map((y) => y === null ? null : usd(y)) },
        ],
        series: [
          { label: "load", value: (_, x) => x === null ? "-" : multiple(x) },
          ...curves.map((curve, i) => ({
            label: curve.name, stroke: hue(i), width: 2, dash: i < 12 ? undefined : [6, 4], show: !hidden[i], points: { show: false },
            paths: stepped(curve) ? uPlot.paths.stepped({ align: 1 }) : undefined,
            value: (_, y) => y === null ? "-" : usd(y),
          })),
        ],
      }, [loads, ...curves.map((curve) => loads.map((load) => at(curve, load)))], place);
    };
    showAt();
    draw();
    dark.addEventListener("change", () => { showAt(); draw(); });
    let width = place.clientWidth;
    addEventListener("resize", () => {
      if (place.clientWidth !== width) { width = place.clientWidth; draw(); }
    });
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
  drawCoverage();
  drawFindings();
  drawStatements();
  drawAssumptions();
  drawManifest();
})();

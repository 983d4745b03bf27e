// Charts: lines of cost with a slider, stacked bars, the tornado, the busiest day.

const axisStyle = () => {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(printing ? name + "-paper" : name).trim();
  return { stroke: read("--soft"), grid: { stroke: read("--rule"), width: 1 },
    ticks: { stroke: read("--rule") } };
};
// Draws now, when the width changes, when light and dark do, and for paper.
const drawn = [];
const live = (place, draw) => {
  let chart = null;
  const again = () => {
    const before = chart;
    chart = draw(before);
    before?.destroy();
    reachLegend(chart);
  };
  again();
  drawn.push(again);
  dark.addEventListener("change", again);
  let width = place.clientWidth;
  addEventListener("resize", () => {
    if (place.clientWidth !== width) { width = place.clientWidth; again(); }
  });
  return { again, mark: () => chart.redraw(false) };
};
for (const [event, paper] of [["beforeprint", true], ["afterprint", false]]) {
  addEventListener(event, () => { printing = paper; drawn.forEach((again) => again()); });
}
// The names under a chart are buttons that show and hide.
const reachLegend = (chart) => {
  const names = chart.root.querySelectorAll(".u-legend .u-series");
  names.forEach((row) => {
    const name = row.querySelector("th");
    const tell = () => name.setAttribute("aria-pressed", String(!row.classList.contains("u-off")));
    name.tabIndex = 0;
    name.setAttribute("role", "button");
    tell();
    name.addEventListener("click", () => names.forEach((one) =>
      one.querySelector("th").setAttribute("aria-pressed", String(!one.classList.contains("u-off")))));
    name.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      name.click();
    });
  });
};
// What stands at the pointer: lines(index) gives colour and text of each row.
const pointed = (head, lines) => {
  let box = null;
  return { hooks: {
    init: [(chart) => { box = make("div", { className: "pointed", hidden: true }); chart.over.append(box); }],
    setCursor: [(chart) => {
      const { idx, left, top } = chart.cursor;
      box.hidden = idx === null || idx === undefined || left < 0;
      if (box.hidden) return;
      box.replaceChildren(make("strong", { textContent: head(idx) }), ...lines(chart, idx).map(([colour, text]) => {
        const swatch = make("span", { className: "swatch" });
        swatch.style.background = colour;
        return make("div", {}, swatch, text);
      }));
      const room = chart.over.clientWidth - box.offsetWidth;
      const beside = left + 16 > room ? left - 16 - box.offsetWidth : left + 16;
      box.style.left = Math.max(0, Math.min(beside, room)) + "px";
      box.style.top = Math.max(0, Math.min(top, chart.over.clientHeight - box.offsetHeight)) + "px";
    }],
  } };
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
    draw.fillStyle = hue(line.colour);
    draw.fill();
  });
  draw.restore();
};
// Where the slider stands, and a ring where a line begins to refuse.
const drawPlace = (chart, lines, x) => {
  const draw = chart.ctx;
  const style = getComputedStyle(document.documentElement);
  const across = Math.round(chart.valToPos(x, "x", true));
  draw.save();
  draw.strokeStyle = printing ? "#1b1f24" : style.getPropertyValue("--ink").trim();
  draw.lineWidth = devicePixelRatio;
  draw.beginPath();
  draw.moveTo(across, chart.bbox.top);
  draw.lineTo(across, chart.bbox.top + chart.bbox.height);
  draw.stroke();
  lines.forEach((line, i) => {
    const usd = line.refusesFrom === null ? null : line.at(line.refusesFrom);
    if (usd === null || !chart.series[i + 1].show) return;
    draw.beginPath();
    draw.arc(chart.valToPos(line.refusesFrom, "x", true), chart.valToPos(usd, "y", true),
      5 * devicePixelRatio, 0, 2 * Math.PI);
    draw.fillStyle = printing ? "#fff" : style.getPropertyValue("--ground").trim();
    draw.fill();
    draw.strokeStyle = hue(line.colour);
    draw.lineWidth = 2 * devicePixelRatio;
    draw.stroke();
  });
  draw.restore();
};

// Lines of cost with a slider over the places at which they were computed; at first
// those of the best modes.
// Lines: { name, best, stepped, at(x), band, ends, refuses(x), refusesFrom }.
const explore = (of) => {
  const part = section(of.id, of.title);
  const slider = make("input", { type: "range", id: of.slider, min: 0,
    max: of.places.length - 1, step: 1, value: 0 });
  const shown = make("output", { id: of.slider + "-shown" });
  shown.setAttribute("for", of.slider);
  const figures = make("div", { id: of.slider + "-figures", className: "wide" });
  const place = make("div", { id: of.slider + "-chart" });
  const every = make("input", { type: "checkbox", id: of.slider + "-every" });
  const choice = make("label", { htmlFor: every.id, className: "every" }, every, "every capacity mode");
  choice.hidden = of.lines.every((line) => line.best);
  part.append(make("div", { className: "load" },
    make("label", { htmlFor: of.slider, textContent: of.label }), slider, shown), ...of.beside ?? [],
  place, choice, figures, make("p", { className: "note", textContent: of.note }));

  // The best are seen first and have the colours that differ most.
  [...of.lines].sort((a, b) => b.best - a.best).forEach((line, i) => { line.colour = i; });
  const lines = () => of.lines.filter((line) => line.best || every.checked);
  const here = () => of.places[Number(slider.value)];
  const showAt = () => {
    const x = here();
    shown.textContent = of.spoken(x);
    slider.setAttribute("aria-valuetext", of.spoken(x));
    const rows = lines().map((line) => ({ line, usd: line.at(x), refuses: line.refuses(x) }))
      .sort((a, b) => (a.usd ?? Infinity) - (b.usd ?? Infinity));
    const least = Math.min(...rows.filter((row) => row.usd !== null && !row.refuses).map((row) => row.usd));
    const point = (line) => line.band.find((one) => Math.abs(one.x - x) <= 1e-9 * Math.abs(x));
    const errors = rows.map(({ line }) => point(line)).filter((one) => one && one.p50 > 0)
      .map((one) => one.standard_error / one.p50);
    const error = errors.length === 0 ? ""
      : `; standard error of a band's ends at most ${percent(Math.max(...errors))} of the cost`;
    figures.replaceChildren(table(rows, [
      { title: "design and capacity mode", of: ({ line, refuses }) => {
        const swatch = make("span", { className: "swatch" });
        swatch.style.background = hue(line.colour);
        return make("span", {}, swatch, line.name + (refuses ? ": refuses part of this load" : ""));
      } },
      { title: "USD a month", number: true,
        of: (row) => row.usd === null ? row.line.ends ?? "not known" : usd(row.usd) },
      { title: "in eight draws of ten", number: true, of: ({ line }) => {
        const band = point(line);
        return band ? `${usd(band.p10)} to ${usd(band.p90)}` : "-";
      } },
      { title: "over the cheapest", number: true, spare: true,
        of: (row) => row.usd === null || row.refuses || !(least > 0) ? "-" : (row.usd / least).toFixed(2) + " times" },
    ], of.caption(x) + error));
  };
  let before = null;
  const chart = live(place, () => {
    const all = lines();
    const hidden = new Set(before ? before.all.filter((_, i) => !before.chart.series[i + 1].show) : []);
    const axis = axisStyle();
    const drawnChart = new uPlot({
      width: Math.max(280, place.clientWidth), height: place.clientWidth < 600 ? 300 : 420,
      scales: { x: { time: false, distr: of.logarithmic ? 3 : 1 }, y: { distr: 3 } },
      cursor: { drag: { x: false, y: false } }, legend: { live: false },
      hooks: { drawAxes: [(one) => drawBands(one, all)], draw: [(one) => drawPlace(one, all, here())] },
      plugins: [pointed((i) => of.spoken(of.drawn[i]), (one, i) =>
        all.map((line, s) => ({ line, s, y: one.data[s + 1][i] }))
          .filter(({ s, y }) => y !== null && one.series[s + 1].show).sort((a, b) => b.y - a.y)
          .map(({ line, y }) => [hue(line.colour), `${line.name}: ${usd(y)}`]))],
      axes: [
        { ...axis, label: of.axis, values: (_, ticks) =>
          ticks.map((x) => x === null ? null : of.tick(x)) },
        { ...axis, size: 78, label: "USD a month", values: (_, ticks) =>
          ticks.map((y) => y === null ? null : usd(y)) },
      ],
      series: [{}, ...all.map((line) => ({
        label: line.name, stroke: hue(line.colour), width: 2, dash: line.colour < 12 ? undefined : [6, 4],
        show: !hidden.has(line), points: { show: false },
        paths: line.stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
      }))],
    }, [of.drawn, ...all.map((line) => of.drawn.map((x) => line.at(x)))], place);
    before = { chart: drawnChart, all };
    return drawnChart;
  });
  slider.addEventListener("input", () => { showAt(); chart.mark(); });
  every.addEventListener("change", () => { showAt(); chart.again(); });
  showAt();
  dark.addEventListener("change", showAt);
};
const hint = "A name under the chart hides its line; a ring: from there on part of the load is refused. Shaded: what eight draws in ten of the uncertain inputs cost.";

// Stacked bars from a data-only description, the same that the picture is drawn from.
const amount = (unit, value) => value === null ? unknown
  : unit === "usd" ? usd(value) : unit === "percent" ? figure(value, value > 0 && value < 10 ? 2 : 0) + " %" : figure(value, 1);
// The end of a name tells as much as its beginning.
const short = (name, width) => name.length <= width ? name
  : name.slice(0, Math.ceil(width / 2)) + "…" + name.slice(name.length - Math.floor(width / 2) + 1);
const barAxes = (axis, bars, narrow, label, written) => [
  { ...axis, scale: "x", side: 3, size: narrow ? 120 : 270, grid: { show: false },
    splits: () => bars.map((_, i) => i),
    values: (_, ticks) => ticks.map((i) => short(bars[i] ?? "", narrow ? 16 : 38)) },
  { ...axis, scale: "y", side: 2, label, space: 70, values: (_, ticks) => ticks.map(written) },
];
const drawBars = (id, chart) => {
  if (!chart || chart.bars.length === 0) return;
  const part = section(id, chart.title);
  const place = make("div", { id: id + "-chart" });
  part.append(make("p", { className: "note", textContent: chart.subtitle }), place);
  const at = chart.bars.map((_, i) => i);
  const parts = chart.parts.map((name, i) => ({ name, i }))
    .filter(({ i }) => chart.bars.some((bar) => bar.amounts[i] !== 0));
  const pale = (i) => chart.last_is_left && i === chart.parts.length - 1;
  const colour = (i) => pale(i) ? axisStyle().grid.stroke : hue(i);
  // The longest is drawn first, so that each part covers those beyond it.
  const order = [...parts].reverse();
  const sums = (shown) => order.map(({ i }) => chart.bars.map((bar) =>
    parts.filter((one) => one.i <= i && shown(one.i))
      .reduce((sum, one) => sum + (bar.amounts[one.i] ?? 0), 0)));
  live(place, (before) => {
    const hidden = new Set(before ? order.filter((_, s) => !before.series[s + 1].show).map(({ i }) => i) : []);
    const width = Math.max(280, place.clientWidth);
    const narrow = width < 600;
    const drawnChart = new uPlot({
      width, height: chart.bars.length * (narrow ? 30 : 34) + 90,
      scales: {
        x: { time: false, ori: 1, dir: -1, range: [-0.6, chart.bars.length - 0.4] },
        y: { ori: 0, dir: 1, range: (_, low, high) => [0, (high || 1) * 1.02] },
      },
      cursor: { drag: { x: false, y: false } }, legend: { live: false },
      plugins: [pointed((i) => chart.bars[i].name, (_, i) =>
        parts.map((one) => [colour(one.i), `${one.name}: ${amount(chart.unit, chart.bars[i].amounts[one.i])}`]))],
      hooks: { setSeries: [(one, s) => {
        if (s === null) return;
        const off = new Set(order.filter((_, k) => !one.series[k + 1].show).map(({ i }) => i));
        one.setData([at, ...sums((i) => !off.has(i))]);
      }] },
      axes: barAxes(axisStyle(), chart.bars.map((bar) => bar.name), narrow, chart.x_label,
        (y) => amount(chart.unit, y)),
      series: [{}, ...order.map(({ name, i }) => ({
        label: name, stroke: colour(i), fill: colour(i), width: 0, show: !hidden.has(i),
        points: { show: false }, paths: uPlot.paths.bars({ size: [0.72, 40] }),
      }))],
    }, [at, ...sums((i) => !hidden.has(i))], place);
    // Named in the order in which they stand in a bar.
    [...drawnChart.root.querySelectorAll(".u-legend .u-series")].reverse()
      .forEach((row) => row.parentNode.append(row));
    return drawnChart;
  });
  const details = make("details", {}, make("summary", { textContent: "The same as a table" }));
  details.append(wide(table([...chart.bars], [
    { title: "", of: (bar) => bar.name, by: (bar) => bar.name },
    ...parts.map(({ name, i }) => ({ title: name, number: true,
      of: (bar) => amount(chart.unit, bar.amounts[i]), by: (bar) => bar.amounts[i] ?? -1 })),
  ], chart.x_label)));
  part.append(details);
};

// How far each input moves an answer from where it is, the widest first.
// Rows: { name, low, high }, null where an end has no answer.
const drawTornado = (part, id, point, rows) => {
  const place = make("div", { id });
  part.append(place);
  const ends = [["at its low end", "low", 0], ["at its high end", "high", 1]];
  const known = rows.flatMap((row) => [row.low, row.high]).filter((usd) => usd !== null).concat(point);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const margin = (most - least || Math.abs(point) || 1) * 0.08;
  live(place, () => {
    const width = Math.max(280, place.clientWidth);
    const narrow = width < 600;
    const from = rows.map(() => point);
    return new uPlot({
      width, height: rows.length * (narrow ? 30 : 32) + 90,
      scales: {
        x: { time: false, ori: 1, dir: -1, range: [-0.6, rows.length - 0.4] },
        y: { ori: 0, dir: 1, range: [least - margin, most + margin] },
      },
      cursor: { drag: { x: false, y: false } }, legend: { live: false },
      plugins: [pointed((i) => rows[i].name, (_, i) =>
        ends.map(([name, key, colour]) => [hue(colour), `${name}: ${usd(rows[i][key])}`]))],
      axes: barAxes(axisStyle(), rows.map((row) => row.name), narrow, "USD a month", usd),
      series: [{}, ...ends.map(([label, key, colour]) => ({
        label, stroke: hue(colour), fill: hue(colour), width: 0, points: { show: false },
        paths: uPlot.paths.bars({ size: [0.72, 40], disp: {
          y0: { unit: 1, values: () => from },
          y1: { unit: 1, values: () => rows.map((row) => row[key] ?? point) },
        } }),
      }))],
    }, [rows.map((_, i) => i), ...ends.map(([, key]) => rows.map((row) => row[key] ?? point))], place);
  });
};

const drawDay = (chart) => {
  if (!chart) return;
  const part = section("busiest-day", chart.title);
  const place = make("div", { id: "busiest-day-chart" });
  part.append(make("p", { className: "note", textContent: chart.subtitle }), place);
  const moments = chart.moments;
  const clock = (s) => `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}`;
  // [name, key, colour]; what nothing limits has no capacity, and often nothing is throttled.
  const lines = [["demand", "demand", 0], ["capacity", "capacity", 7], ["throttled", "throttled", 1]]
    .filter(([, key]) => key === "demand" || moments.some((one) => one[key]));
  live(place, () => new uPlot({
    width: Math.max(280, place.clientWidth), height: place.clientWidth < 600 ? 280 : 360,
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, (high || 1) * 1.05] } },
    cursor: { drag: { x: false, y: false } }, legend: { live: false },
    plugins: [pointed((i) => clock(moments[i].at_s), (_, i) => lines.map(([name, key, colour]) =>
      [hue(colour), `${name}: ${moments[i][key] === null ? "no limit" : figure(moments[i][key], 0)}`]))],
    axes: [
      { ...axisStyle(), label: chart.x_label, splits: () =>
        moments.filter((one) => one.at_s % (place.clientWidth < 600 ? 21600 : 10800) === 0).map((one) => one.at_s),
      values: (_, ticks) => ticks.map(clock) },
      { ...axisStyle(), size: 70, label: chart.y_label, values: (_, ticks) =>
        ticks.map((y) => figure(y, 0)) },
    ],
    series: [{}, ...lines.map(([label, key, colour]) => ({
      label, stroke: hue(colour), width: 2, points: { show: false },
      ...key === "capacity" ? { dash: [8, 5], paths: uPlot.paths.stepped({ align: 1 }) } : {},
      ...key === "throttled" ? { fill: hue(colour), width: 1 } : {},
    }))],
  }, [moments.map((one) => one.at_s), ...lines.map(([, key]) => moments.map((one) => one[key]))], place));
  part.append(make("p", { className: "note", textContent:
    lines.some(([, key]) => key === "throttled") ? "" : "Nothing is throttled." }));
};

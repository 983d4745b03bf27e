// The sections of the page, filled from the report.

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

// Whether a design under a mode refuses too much of a load to be put forward.
const refused = new Map((report.designs ?? []).flatMap((design) => (design.modes ?? [])
  .map((mode) => [mode.curve, mode.refused_loads ?? []])));
const refusedAt = (name, load) => (refused.get(name) ?? [])
  .some(([from, to]) => from * (1 - 1e-9) <= load && load <= to * (1 + 1e-9));

const refusesFrom = (name) => refused.get(name)?.[0]?.[0] ?? null;

// The curves of each design under the modes that cost least at one of the places:
// a mode that refuses part of a load is best there only if all of them do.
const bestModes = (places, loadOf, costOf) => new Set((report.designs ?? []).flatMap((design) =>
  places.map((place) => {
    const names = design.modes.map((mode) => mode.curve).filter((name) => costOf(name, place) !== null);
    const refuses = (name) => Number(refusedAt(name, loadOf(place)));
    return names.sort((a, b) =>
      refuses(a) - refuses(b) || costOf(a, place) - costOf(b, place))[0];
  })));

// What growth makes of today's load by the horizon: moves the slider of loads there.
const growth = (places, months) => {
  if (!(months > 0)) return [];
  const slider = make("input", { type: "range", id: "growth-rate", min: 0, max: 30, step: 0.5 });
  const shown = make("output");
  shown.setAttribute("for", slider.id);
  const planned = (report.assumptions ?? []).find((one) => one.id === "load.growth_per_month");
  slider.value = parseFloat(planned?.value ?? "0") || 0;
  const tell = () => {
    const load = Math.pow(1 + Number(slider.value) / 100, months);
    shown.textContent = `${slider.value} %: ${multiple(load)}`;
    slider.setAttribute("aria-valuetext", shown.textContent);
    return load;
  };
  slider.addEventListener("input", () => {
    const load = tell();
    const loads = document.getElementById("load");
    const apart = places.map((one) => Math.abs(Math.log(one / load)));
    loads.value = apart.indexOf(Math.min(...apart));
    loads.dispatchEvent(new Event("input"));
  });
  tell();
  return [make("div", { className: "load" }, make("label", { htmlFor: slider.id,
    textContent: `Growth a month, over ${figure(months, 1)} months` }), slider, shown)];
};

const drawCosts = () => {
  const curves = report.curves ?? [];
  if (curves.length === 0) return;
  const bands = new Map((report.uncertainty?.curves ?? []).map((curve) => [curve.name,
    curve.band.filter((point) => point.share_available >= 0.9)
      .map((point) => ({ ...point, x: point.load }))]));
  const asked = (report.verdict?.at ?? []).map((one) => one.load);
  const named = new Map(curves.map((curve) => [curve.name, curve]));
  const best = bestModes(asked, (load) => load,
    (name, load) => named.has(name) ? at(named.get(name), load) : null);
  // The designs' loads: there every curve was computed, Postgres's too.
  const places = (curves.find((curve) => !stepped(curve)) ?? curves[0]).points.map((p) => p[0]);
  const months = report.over_time?.months?.at(-1)?.month ?? 0;
  explore({
    id: "costs", title: "Cost over load", slider: "load", label: "Load, multiple of today's",
    places, beside: growth(places, months),
    drawn: [...new Set(curves.flatMap((curve) => curve.points.map((p) => p[0])))]
      .sort((a, b) => a - b),
    lines: curves.map((curve) => ({ name: curve.name, stepped: stepped(curve), ends: curve.ends,
      best: stepped(curve) || best.has(curve.name),
      at: (load) => at(curve, load), band: bands.get(curve.name) ?? [],
      refuses: (load) => refusedAt(curve.name, load), refusesFrom: refusesFrom(curve.name) })),
    logarithmic: true, axis: "multiple of today's load", spoken: multiple, tick: (x) => x + "x",
    caption: (load) => `At ${multiple(load)} of today's load, cheapest first`,
    note: "The sliders move over computed loads, each with the rows of the horizon: that of growth to the nearest of them. " + hint,
  });
};

const drawMonths = () => {
  const overTime = report.over_time ?? {};
  const [months, curves] = [overTime.months ?? [], overTime.curves ?? []];
  if (months.length < 2 || curves.length === 0) return;
  const load = new Map(months.map((one) => [one.month, one.load]));
  const spoken = (month) => `month ${figure(month, 1)}, ${multiple(load.get(month) ?? 1)} of today's load`;
  const known = new Map(curves.map((curve) =>
    [curve.name, new Map(curve.points.map((point) => [point.month, point.usd]))]));
  const costOf = (name, month) => known.get(name)?.get(month) ?? null;
  const best = bestModes(months.map((one) => one.month), (month) => load.get(month), costOf);
  explore({
    id: "growth", title: "Cost over time", slider: "month", label: "Months from today",
    places: months.map((one) => one.month), drawn: months.map((one) => one.month),
    lines: curves.map((curve) => ({ name: curve.name, stepped: false, ends: null,
      best: curve.kind !== "design" || best.has(curve.name),
      refuses: (month) => refusedAt(curve.name, load.get(month) ?? 1),
      refusesFrom: months.find((one) => refusedAt(curve.name, one.load))?.month ?? null,
      at: (month) => costOf(curve.name, month),
      band: curve.points.filter((point) => point.share_available >= 0.9)
        .map((point) => ({ ...point, x: point.month })) })),
    logarithmic: false, axis: "months from today", spoken, tick: (x) => figure(x, 1),
    caption: (month) => `In ${spoken(month)}, cheapest first`,
    note: "Load grows as the plan says; rows come with it and go as they reach their retention. "
      + "Month 0 stores today's rows, whereas every load above stores the rows of the horizon. "
      + (overTime.ends ? overTime.ends + " " : "") + hint,
  });
};

const drawCrossovers = () => {
  const uncertainty = report.uncertainty ?? {};
  const places = (uncertainty.crossovers ?? []).filter((one) => one.postgres === "sharded Postgres");
  if (places.length === 0) return;
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
    ], "Loads in eight draws of ten, - where they do not change places; and the share of draws in which the design is cheaper at a load", true)));
};

const drawSensitivity = () => {
  const uncertainty = report.uncertainty ?? {};
  const tornado = uncertainty.tornado ?? [];
  if (tornado.length === 0) return;
  const inputs = new Map((uncertainty.inputs ?? []).map((one) => [one.id, one]));
  const spoken = (id) => id.replaceAll("_", " ");
  const part = section("sensitivity", "Which input moves the answer most");
  tornado.forEach((one, i) => {
    // An end without an answer moves it further than any distance.
    const rows = one.swings.map((swing) => {
      const [low, high] = [swing.at_low_usd, swing.at_high_usd];
      const ends = [low, high, one.point_usd];
      return { name: spoken(swing.input), input: inputs.get(swing.input), low, high,
        width: low === null || high === null ? null : Math.max(...ends) - Math.min(...ends) };
    });
    part.append(make("h3", { textContent: `At ${multiple(one.load)}: ${usd(one.point_usd)} a month` }),
      make("p", { className: "note", textContent: `What ${one.design} costs beyond ${one.postgres}, and what it becomes when one input goes to either end of its range`
        + (one.to_measure ? `: measure ${spoken(one.to_measure)} first.` : ".") }));
    const moving = rows.filter((row) => row.width === null || row.width > 0);
    if (moving.length > 0) drawTornado(part, `tornado-${i}`, one.point_usd, moving);
    const still = rows.filter((row) => row.width === 0).map((row) => row.name);
    if (still.length > 0) {
      part.append(make("p", { className: "note", textContent: `Without effect here: ${still.join(", ")}.` }));
    }
    const details = make("details", {}, make("summary", { textContent: "The same as a table" }));
    details.append(wide(table(rows, [
      { title: "input", of: (row) => row.name, by: (row) => row.name },
      { title: "factor on", spare: true, of: (row) => row.input?.what ?? unknown },
      { title: "range", number: true, of: (row) => row.input ? `${row.input.low} to ${row.input.high}` : unknown },
      { title: "at its low end", number: true, of: (row) => usd(row.low) },
      { title: "at its high end", number: true, of: (row) => usd(row.high) },
      { title: "moves it by", number: true, of: (row) => row.width === null ? "to no answer" : usd(row.width),
        by: (row) => row.width ?? Infinity },
    ], `${one.design} beyond ${one.postgres}, USD a month, at ${multiple(one.load)}`)));
    part.append(details);
  });
  const left = (report.verdict?.at ?? []).map((one) => one.load)
    .filter((load) => !tornado.some((one) => Math.abs(one.load - load) < 1e-9));
  if (left.length > 0) {
    part.append(make("p", { className: "note", textContent:
      `Not at ${left.map(multiple).join(" and ")}: there no design serves all of its load, or no fleet carries it, so that there is no difference to be moved.` }));
  }
};

const drawMove = () => {
  const move = report.migration;
  if (!move) return;
  const cost = (one) => usd(one.usd) + (one.unknown.length > 0 ? " or more" : "");
  const missing = [...new Set(move.phases.flatMap((one) => one.total.unknown))];
  const part = section("move", "The move itself");
  part.append(
    make("p", { textContent: `To ${move.design}, ${move.mode.replace("_", " ")}: ${move.days} days (${move.days_range[0]} to ${move.days_range[1]}). ${move.verdict}` }),
    wide(table([...move.phases], [
      { title: "phase", of: (row) => row.phase },
      { title: "days", number: true, of: (row) => `${row.first_day} to ${row.last_day}` },
      { title: "what is done", spare: true, of: (row) => row.work },
      { title: "Postgres", number: true, of: (row) => cost(row.postgres) },
      { title: "all of it", number: true, of: (row) => cost(row.total) },
      { title: "Postgres alone", number: true, of: (row) => cost(row.postgres_alone) },
    ], `USD over each phase; in all ${cost(move.total)}, of which ${cost(move.double_running_premium)} beyond Postgres alone`)),
    make("p", { className: "note", textContent: (missing.length > 0 ? `Not known: ${missing.join(", ")}. ` : "")
      + `Not included: ${move.not_included.join(", ")}.` }));
  if (move.decide_first.length > 0) {
    part.append(make("h3", { textContent: "To decide first" }),
      make("ul", { className: "findings" }, ...move.decide_first.map((one) =>
        make("li", { textContent: `${one.what} (${one.raised_by.join(", ")})` }))));
  }
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
  ], "USD a month of requests on demand, today; - where a design needs no request", true);
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
        if (one.mend) item.append(make("span", { className: "note", textContent: " To do: " + one.mend }));
        return item;
      })));
  });
};

// The other side, so that an administrator can follow and question it.
const drawPostgres = () => {
  const postgres = report.postgres ?? {};
  const fleets = (postgres.at ?? []).flatMap((at) => [
    { load: at.load, what: "sharded", fleet: at.fleet, none: at.no_fleet },
    { load: at.load, what: "unsharded", fleet: at.single, none: at.no_single },
  ]);
  if (fleets.length === 0) return;
  const part = section("postgres", "Postgres, as it is sized and billed");
  const of = (show) => (row) => row.fleet ? show(row.fleet) : "-";
  const total = (fleet) => usd(fleet.monthly_usd)
    + (fleet.is_lower_bound ? " or more" : "") + (fleet.is_estimated ? ", estimated" : "");
  part.append(wide(table(fleets, [
    { title: "load", number: true, of: (row) => multiple(row.load) },
    { title: "fleet", of: (row) => row.what },
    { title: "bought as", of: of((fleet) => fleet.offer) },
    { title: "shards", number: true, of: of((fleet) => fleet.shards) },
    { title: "instance", of: of((fleet) => fleet.instance) },
    { title: "read replicas of each", number: true,
      of: of((fleet) => fleet.read_replicas?.of_a_shard ?? 0) },
    { title: "USD a month", number: true, of: of(total) },
    { title: "what decides", of: (row) => row.fleet ? row.fleet.binding : row.none ?? "-" },
  ], "The cheapest fleets at the peak; - where none with a price carries the load")));
  const bills = fleets.filter((row) => row.what === "sharded" && row.fleet)
    .flatMap((row) => row.fleet.lines.map((line) => ({ ...line, load: row.load })));
  part.append(wide(table(bills, [
    { title: "load", number: true, of: (row) => multiple(row.load) },
    { title: "for", of: (row) => row.part ?? "" },
    { title: "billed as", of: (row) => row.dimension },
    { title: "quantity", number: true, of: (row) => figure(row.quantity, 0) },
    { title: "unit", of: (row) => row.unit },
    { title: "USD a unit", number: true, of: (row) => row.unit_usd ?? "-" },
    { title: "USD a month", number: true, of: (row) => row.usd === null ? row.unpriced : usd(row.usd) },
    { title: "price of", of: (row) => (row.price_date ?? "no known date") + (row.verified ? "" : ", not verified") },
  ], "The bills of the sharded fleets, line by line")));
  const keys = postgres.shard_keys ?? [];
  if (keys.length > 0) part.append(wide(table(keys, [
    { title: "sharded by", of: (row) => row.column },
    { title: "calls to one shard", number: true, of: (row) => percent(row.routed_share) },
    { title: "most frequent value", number: true,
      of: (row) => row.largest_share === null ? "not known, taken as even" : percent(row.largest_share) },
    ...keys[0].at.map((at, i) => ({ title: `at ${multiple(at.load)}`, number: true,
      of: (row) => row.at[i].monthly_usd === null ? "-"
        : `${usd(row.at[i].monthly_usd)} (${row.at[i].shards})` })),
    { title: "ends at", number: true,
      of: (row) => row.ends_at_load === null ? "-" : multiple(Number(row.ends_at_load.toPrecision(3))) },
  ], "What the fleet costs by the column that it is sharded by, USD a month (shards); the first is in use")));
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
  ], "What the figures rest on; what is assumed was measured by nobody", true)));
};

const drawManifest = () => {
  const manifest = report.manifest ?? {};
  const part = section("manifest", "Made from");
  part.append(make("p", { textContent:
    `ddbplan ${manifest.ddbplan_version}, seed ${manifest.seed}, price book ${manifest.price_book?.id}` }));
  part.append(wide(table([...(manifest.inputs ?? [])], [
    { title: "file", of: (row) => row.name },
    { title: "SHA-256", of: (row) => make("span", { className: "hash", textContent: row.sha256 }) },
  ], "Inputs", true)));
};

// What the pictures could not draw.
const drawReplaced = () => {
  const replaced = report.pictures?.replaced_names ?? [];
  if (replaced.length === 0) return;
  section("replaced", "Names in the pictures").append(wide(table([...replaced], [
    { title: "picture", of: (row) => row.picture },
    { title: "shown as", of: (row) => row.shown },
    { title: "name", of: (row) => row.name },
  ], "In letters that the PNG files cannot draw")));
};

drawCosts();
drawMonths();
drawCrossovers();
drawSensitivity();
drawBars("breakdown", report.pictures?.cost_breakdown);
drawBars("amplification", report.pictures?.write_amplification);
drawDay(report.pictures?.busiest_day);
drawBars("refused", report.pictures?.refused);
drawBars("utilisation", report.pictures?.postgres_utilisation);
drawPostgres();
drawReplaced();
drawMove();
drawCoverage();
drawFindings();
drawStatements();
drawAssumptions();
drawManifest();

// The way to each section.
main.prepend(make("nav", { ariaLabel: "Sections" }, ...[...main.querySelectorAll("section")].map((one) =>
  make("a", { href: "#" + one.id, textContent: one.querySelector("h2").textContent }))));

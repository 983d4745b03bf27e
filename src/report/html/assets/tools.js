// What every part of the page uses: the report, elements, figures, tables. Text
// enters through textContent alone, so that nothing in a statement or a name can
// become markup.
const report = JSON.parse(document.getElementById("report").textContent);
const main = document.getElementById("main");
const dark = matchMedia("(prefers-color-scheme: dark)");
const hues = {
  light: ["#0550ae", "#c4320a", "#1a7f37", "#8250df", "#9a6700", "#0a7ea4", "#bf3989", "#57606a",
    "#6f4e37", "#00796b", "#3f51b5", "#827717"],
  dark: ["#79b8ff", "#ff9b70", "#56d364", "#d2a8ff", "#e3b341", "#56d4dd", "#ff8fc7", "#9aa5b1",
    "#d7a98c", "#4db6ac", "#9fa8da", "#d4e157"],
};
// Paper is light.
let printing = false;
const hue = (i) => hues[dark.matches && !printing ? "dark" : "light"][i % 12];
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
  return (amount < 0 ? "-$" : "$") + Math.abs(amount).toLocaleString("en-US",
    { minimumFractionDigits: digits, maximumFractionDigits: digits });
};
// Never rounded to all or nothing.
const percent = (share) => {
  if (share === null || share === undefined) return unknown;
  if (share === 0 || share === 1) return share * 100 + " %";
  return share < 0.001 ? "<0.1 %" : share > 0.999 ? ">99.9 %" : (share * 100).toFixed(1) + " %";
};
const figure = (value, digits = 2) =>
  value === null || value === undefined ? unknown
    : Number(value).toLocaleString("en-US", { maximumFractionDigits: digits });
const multiple = (load) => Number(load.toPrecision(3)) + "x";

const section = (id, title) => {
  const element = make("section", { id }, make("h2", { textContent: title }));
  main.append(element);
  return element;
};
const classes = (column) =>
  [column.number ? "number" : "", column.spare ? "spare" : ""].filter(Boolean).join(" ");
const cell = (value, column) => {
  const td = make("td", { className: classes(column) });
  td.dataset.title = column.title;
  td.append(value instanceof Node ? value : String(value));
  return td;
};
// Columns: { title, number, spare: left out where there is little room,
// of(row) -> shown, by(row) -> sorted by }. Where there is little room the cells of
// a stacked table stand under one another.
const table = (rows, columns, caption, stacked = false) => {
  const body = make("tbody");
  const fill = (shown) => body.replaceChildren(...shown.map((row) =>
    make("tr", {}, ...columns.map((column) => cell(column.of(row), column)))));
  const head = make("tr");
  const element = make("table", { className: stacked ? "stacked" : "" },
    make("caption", { textContent: caption }), make("thead", {}, head), body);
  columns.forEach((column) => {
    const th = make("th", { scope: "col", className: classes(column) });
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

// What a benchmark's page does beyond showing figures: tables that sort, examples that filter.
// It loads nothing and writes nothing but this page.  What it puts in as HTML was escaped by
// Python; whatever a reader types is only compared.
"use strict";
(() => {
  const get = (id) => document.getElementById(id);

  // Tables.  A click on a head sorts by its column, numbers with the largest first.
  const value = (row, at) => {
    const cell = row.cells[at];
    return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
  };
  const sort = (table, head) => {
    const body = table.tBodies[0];
    const at = head.cellIndex;
    const rows = [...body.rows];
    const isNumber = rows.some((row) => row.cells[at].dataset.v !== undefined);
    const now = head.getAttribute("aria-sort");
    const rises = now ? now === "descending" : !isNumber;
    const order = (one, two) => {
      const a = value(one, at);
      const b = value(two, at);
      return isNumber ? a - b : a.localeCompare(b);
    };
    rows.sort((one, two) => (rises ? order(one, two) : order(two, one)));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", rises ? "ascending" : "descending");
    body.append(...rows);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    for (const head of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head));
      head.append(button);
    }
  }

  // A table that has room enough is no place to stop at with the keyboard.
  for (const box of document.querySelectorAll("[role=region]")) {
    if (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight) {
      box.removeAttribute("tabindex");
    }
  }

  // Examples.  Each is [HTML, types that occur in it, kind, gold type, predicted type, kind, …];
  // kinds and types are numbers, -1 is none.  The first kinds, `wrong` of them, are mistakes.
  const store = get("examples-data");
  if (!store) return;
  const { kinds, wrong, types, page, items } = JSON.parse(store.textContent);
  const list = get("examples-list");
  const form = get("examples-filter");
  const pager = get("examples-pager");
  const count = get("examples-count");
  const { kind, gold, predicted, words } = form.elements;
  const plain = new Array(items.length);
  let shown = [];
  let first = 0;

  const named = [["&lt;", "<"], ["&gt;", ">"], ["&quot;", '"'], ["&#x27;", "'"], ["&#13;", " "], ["&amp;", "&"]];
  const text = (at) => {
    if (plain[at] === undefined) {
      let words = items[at][0].replace(/<small[^>]*>[^<]*<\/small>|<[^>]*>/g, "");
      for (const [name, sign] of named) words = words.replaceAll(name, sign);
      plain[at] = words.toLowerCase();
    }
    return plain[at];
  };

  const option = (select, label, key) => {
    const made = document.createElement("option");
    made.value = key;
    made.textContent = label;
    select.append(made);
  };
  types.forEach((label, at) => { option(gold, label, at); option(predicted, label, at); });

  const number = (select) => (select.value === "" ? null : Number(select.value));
  const fits = (item, wanted) => {
    const { kind, gold, said } = wanted;
    const has = (type) => type === null || type === -1 || item[1].includes(type);
    if (kind === "all") return has(gold) && has(said);
    let isRight = true;
    for (let at = 2; at < item.length; at += 3) {
      const isWrong = item[at] < wrong;
      isRight &&= !isWrong;
      if (
        (kind === "any" ? isWrong : kinds[item[at]] === kind) &&
        (gold === null || item[at + 1] === gold) &&
        (said === null || item[at + 2] === said)
      ) return true;
    }
    return kind === "none" && isRight && has(gold) && has(said);
  };

  const draw = () => {
    const some = shown.slice(first, first + page);
    list.innerHTML = some.map((at) => items[at][0]).join("");
    const to = first + some.length;
    count.textContent = shown.length
      ? `texts ${(first + 1).toLocaleString("en")} to ${to.toLocaleString("en")} of ${shown.length.toLocaleString("en")}`
      : "no text fits";
    for (const button of pager.querySelectorAll("button")) {
      button.disabled = Number(button.value) < 0 ? first === 0 : to >= shown.length;
    }
  };
  const choose = () => {
    const wanted = { kind: kind.value, gold: number(gold), said: number(predicted) };
    const typed = words.value.trim().toLowerCase();
    shown = [];
    items.forEach((item, at) => {
      if (fits(item, wanted) && (!typed || text(at).includes(typed))) shown.push(at);
    });
    first = 0;
    draw();
  };

  let waiting = 0;
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(choose, event.target === words ? 200 : 0);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); choose(); });
  form.addEventListener("reset", () => setTimeout(choose));
  pager.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    first += Number(button.value) * page;
    draw();
    get("examples").scrollIntoView({ block: "start" });
  });

  // a link of the tables above, such as href="#examples" data-kind="type" data-gold="3"
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-kind]");
    if (!link) return;
    kind.value = link.dataset.kind;
    gold.value = link.dataset.gold ?? "";
    predicted.value = link.dataset.predicted ?? "";
    words.value = "";
    choose();
  });

  form.hidden = pager.hidden = false;
  choose();
})();

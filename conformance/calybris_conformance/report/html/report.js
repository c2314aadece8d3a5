"use strict";

// The list of cases: filters that live in the address, rows that are made when they come into view, details on demand.
(() => {
  const { el, data, copy } = page;
  const CHUNK = 100;
  const cases = data("cases");
  const notes = data("notes");
  let loaded = null; // everything about failures; read when the first one is opened
  const detailOf = (id) => (loaded ??= data("details"))[id];

  const rows = cases.rows.map(([id, suite, outcome, micros, flags, clauses, about, missing, where]) => ({
    id, micros, about, missing, where,
    suite: cases.suites[suite],
    outcome: cases.outcomes[outcome][0],
    kind: cases.outcomes[outcome][1],
    meaning: cases.outcomes[outcome][2],
    flags: flags.map((flag) => cases.flags[flag]),
    clauses: clauses.map((clause) => cases.clauses[clause]),
  }));

  // ---- filters

  const KINDS = { wrong: "every failure", bad: "new failures", known: "known failures", good: "passed", none: "not claimed" };
  const isWrong = (kind) => kind === "bad" || kind === "known";
  const TESTS = {
    outcome: (row, wanted) => (wanted === "wrong" ? isWrong(row.kind) : row.outcome === wanted || row.kind === wanted),
    suite: (row, wanted) => row.suite === wanted,
    flag: (row, wanted) => row.flags.includes(wanted),
    clause: (row, wanted) => row.clauses.includes(wanted),
    text: (row, wanted) => row.id.toLowerCase().includes(wanted.toLowerCase()),
  };

  const counted = (names) => {
    const counts = new Map();
    for (const row of rows) for (const name of names(row)) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  };
  const option = (value, words, count) => el("option", { value }, `${words} (${count.toLocaleString("en")})`);
  const byName = (left, right) => left[0].localeCompare(right[0], "en", { numeric: true });
  const options = (names) => [...counted(names)].sort(byName).map(([name, count]) => option(name, name, count));

  const select = (name, label, choices) => {
    const made = el("select", { id: `filter-${name}`, name }, el("option", { value: "" }, "all"), choices);
    return [el("div", {}, el("label", { for: `filter-${name}` }, label), made), made];
  };
  const kinds = counted((row) => [row.kind]);
  kinds.set("wrong", (kinds.get("bad") ?? 0) + (kinds.get("known") ?? 0));
  const groups = Object.keys(KINDS).filter((kind) => kinds.get(kind)).map((kind) => option(kind, KINDS[kind], kinds.get(kind)));
  const exact = counted((row) => (row.kind === "bad" ? [row.outcome] : []));
  if (exact.size) {
    groups.push(el("optgroup", { label: "one kind of failure" },
      [...exact].map(([name, count]) => option(name, name.replaceAll("_", " "), count))));
  }
  const text = el("input", { id: "filter-text", name: "text", type: "search", autocomplete: "off", spellcheck: "false" });
  const [outcomeBox, outcome] = select("outcome", "Outcome", groups);
  const [suiteBox, suite] = select("suite", "Suite", options((row) => [row.suite]));
  const [flagBox, flag] = select("flag", "Mistake (flag)", options((row) => row.flags));
  const [clauseBox, clause] = select("clause", "Clause", options((row) => row.clauses));
  const controls = { outcome, suite, flag, clause, text };
  const clear = el("button", { type: "button" }, "Clear filters");
  const said = el("span", { role: "status" });
  const list = el("ol", { class: "cases" });
  const more = el("button", { type: "button" }, "Show more");
  const moreBox = el("div", { class: "more" }, more);

  // ---- the address

  const read = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries([...wanted].filter(([name, value]) => value && (name in TESTS || name === "case")));
  };
  const write = (state) => {
    const address = Object.entries(state).filter(([, value]) => value)
      .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2F", "/")}`).join("&");
    history.replaceState(null, "", `#${address || "all"}`);
  };

  let shown = [];
  let made = 0;

  const apply = (state) => {
    const tests = Object.entries(TESTS).filter(([name]) => state[name]);
    shown = rows.filter((row) => tests.every(([name, test]) => test(row, state[name])));
    for (const [name, control] of Object.entries(controls)) control.value = state[name] ?? "";
    made = 0;
    list.replaceChildren();
    if (!shown.length) list.append(el("li", { class: "empty" }, "No case is like this."));
    grow();
    said.textContent = `${shown.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} cases`;
    clear.hidden = tests.length === 0;
    list.setAttribute("aria-label", said.textContent);
  };

  const grow = () => {
    const part = shown.slice(made, made + CHUNK);
    list.append(...part.map(item));
    made += part.length;
    moreBox.hidden = made >= shown.length;
  };

  // ---- rows

  const took = (micros) =>
    micros < 1000 ? `${micros} µs` : micros < 999500 ? `${+(micros / 1000).toPrecision(3)} ms` : `${+(micros / 1e6).toPrecision(3)} s`;

  const item = (row) => {
    const button = el("button", { type: "button", class: "row", "aria-expanded": "false", "data-id": row.id },
      el("span", {}, el("span", { class: `mark ${row.kind}` }, row.outcome.replaceAll("_", " "))),
      el("span", { class: "id" }, row.id),
      el("span", { class: "took" }, row.kind === "none" ? "" : took(row.micros)),
      el("span", { class: "about" }, row.about, row.where && [" ", el("span", { class: "where" }, row.where)]));
    button.addEventListener("click", () => toggle(button, row));
    return el("li", {}, button);
  };

  const toggle = (button, row) => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", open);
    if (open) button.after(detail(row));
    else button.nextElementSibling?.remove();
    write({ ...chosen(), case: open ? row.id : "" });
  };

  const filterLink = (name, value) => el("a", { href: `#${name}=${encodeURIComponent(value)}` }, value);

  const command = (line) => {
    const button = el("button", { type: "button" }, "Copy");
    button.addEventListener("click", () => copy(button, line));
    return el("div", { class: "command" }, el("pre", {}, line), button);
  };

  const folded = (title, content) => el("details", {}, el("summary", {}, title), content);

  const issue = (address) =>
    /^https?:\/\//.test(address) ? el("a", { href: address, rel: "noreferrer" }, address) : address;

  const detail = (row) => {
    const found = isWrong(row.kind) ? detailOf(row.id) : null;
    const parts = [];
    if (found) parts.push(...wrong(row, found));
    else if (row.missing) parts.push(el("p", {}, `The port does not claim: ${row.missing.join(", ")}.`));
    else parts.push(el("p", {}, "Exactly the right answer."));
    if (row.flags.length) {
      parts.push(el("h4", {}, "The mistake that this case hunts"), row.flags.map((name) => {
        const [hunts, why] = notes[name] ?? ["", ""];
        return el("p", {}, filterLink("flag", name), `: ${hunts}`, why && el("span", { class: "soft" }, ` ${why}`));
      }));
    }
    if (row.clauses.length) {
      parts.push(el("h4", {}, "Clauses"),
        el("p", {}, row.clauses.map((name, place) => [place ? " · " : "", filterLink("clause", name)]).flat()));
    }
    parts.push(el("h4", {}, found ? "Repeat it" : "See it"));
    if (found) parts.push(command(found.repeat));
    if (found?.narrow) parts.push(el("p", {}, "Find the first wrong decision:"), command(found.narrow));
    parts.push(found && el("p", {}, "See the whole case:"), command(`calybris-ref conformance show ${row.id}`));
    if (found) parts.push(...behind(found));
    return el("div", { class: "detail", role: "region", "aria-label": row.id }, parts.flat());
  };

  const wrong = (row, found) => {
    const parts = [];
    if (found.listed) {
      parts.push(el("p", {}, el("strong", {}, "Known: "), found.listed.reason, " ", issue(found.listed.issue)));
    }
    const port = found.verdict === row.outcome ? "" : `The port: ${found.verdict.replaceAll("_", " ")}. `;
    const meaning = `${row.meaning[0].toUpperCase()}${row.meaning.slice(1)}.`;
    parts.push(el("p", {}, port, found.verdict === row.outcome ? `${meaning} ` : "", found.detail));
    if (found.differences.length) {
      parts.push(el("h4", {}, "What differs"), evidence.differences(found.differences));
    }
    return [...parts, ...found.views.map(evidence.view)];
  };

  const behind = (found) => {
    const parts = [];
    if (found.stderr) parts.push(folded("What the port wrote on stderr", el("pre", { tabindex: "0" }, found.stderr.trimEnd())));
    if (found.answer !== null) {
      const whole = typeof found.answer === "string" ? found.answer : JSON.stringify(found.answer, null, 1);
      parts.push(folded("The port's answer", el("pre", { tabindex: "0" }, whole)));
    }
    if (found.question.length) {
      parts.push(folded("The question and the right answer", found.question.map(([name, value]) => [
        el("h4", {}, name), el("pre", { tabindex: "0" }, value),
      ]).flat()));
    }
    return parts;
  };

  // ---- keyboard: arrows walk the rows, Escape closes the one that holds the focus

  list.addEventListener("keydown", (event) => {
    const li = event.target.closest(".cases > li");
    const isRow = event.target.classList.contains("row");
    if (event.key === "Escape") {
      const button = li?.querySelector(".row[aria-expanded=true]");
      if (button) { button.click(); button.focus(); }
      return;
    }
    if (!isRow || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    if ((event.key === "ArrowDown" && !li.nextElementSibling) || event.key === "End") grow();
    const target = { ArrowDown: li.nextElementSibling, ArrowUp: li.previousElementSibling, Home: list.firstElementChild, End: list.lastElementChild };
    target[event.key]?.querySelector(".row")?.focus();
    event.preventDefault();
  });

  // ---- life

  const chosen = () => Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, control.value]));
  const form = el("form", { class: "filters", role: "search", "aria-label": "Filter the cases" },
    outcomeBox, suiteBox, flagBox, clauseBox,
    el("div", {}, el("label", { for: "filter-text" }, "Id holds"), text));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { write(chosen()); apply(chosen()); });
  clear.addEventListener("click", () => { write({}); apply({}); outcome.focus(); });
  more.addEventListener("click", () => {
    const last = list.lastElementChild;
    grow();
    last.nextElementSibling?.querySelector(".row")?.focus();
  });
  if ("IntersectionObserver" in window) {
    new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) grow(); }, { rootMargin: "600px" })
      .observe(moreBox);
  }

  const browser = document.getElementById("browser");
  browser.append(form, el("p", { class: "counted" }, said, clear), list, moreBox);
  browser.hidden = false;

  const follow = (isFirst) => {
    const state = read();
    const open = state.case;
    delete state.case;
    const untouched = isFirst && !location.hash && kinds.get("wrong");
    if (open && !Object.keys(state).length) state.text = open;
    apply(untouched ? { outcome: "wrong" } : state);
    const button = open && [...list.querySelectorAll(".row")].find((one) => one.dataset.id === open);
    if (button && button.getAttribute("aria-expanded") !== "true") button.click();
    if (button) { button.scrollIntoView({ block: "start" }); button.focus({ preventScroll: true }); }
    else if (location.hash && !isFirst) {
      const title = document.getElementById("cases-title");
      title.scrollIntoView();
      title.focus({ preventScroll: true });
    }
  };
  addEventListener("hashchange", () => { if (!["#content", "#suites", "#timing"].includes(location.hash)) follow(false); });
  follow(true);
})();

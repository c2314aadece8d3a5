"use strict";

// What stands behind a failure: differences, bytes, lines of a log, steps of a script. Made from data when it is asked for.
const evidence = (() => {
  const { el } = page;

  const table = (caption, header, rows) =>
    el("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
      el("table", {},
        el("caption", {}, caption),
        el("thead", {}, el("tr", {}, header.map((one) => el("th", { scope: "col" }, one)))),
        el("tbody", {}, rows)));

  // Two texts, and where they differ: what both begin and end with stays plain.
  const pair = (due, got) => {
    if (due === null || got === null) return [due ?? "nothing", got ?? "nothing"];
    if (due === got) return [due, got];
    const [right, wrong] = [[...due], [...got]]; // by characters: half of one means nothing
    const shorter = Math.min(right.length, wrong.length);
    let head = 0;
    while (head < shorter && right[head] === wrong[head]) head += 1;
    let tail = 0;
    while (tail < shorter - head && right.at(-1 - tail) === wrong.at(-1 - tail)) tail += 1;
    const marked = (text) => [
      text.slice(0, head).join(""),
      el("mark", {}, text.slice(head, text.length - tail).join("")),
      text.slice(text.length - tail).join(""),
    ];
    return [marked(right), marked(wrong)];
  };

  const cells = (due, got) => {
    const [right, wrong] = pair(due, got);
    return [
      el("td", { class: due === null ? "soft" : "code right" }, right),
      el("td", { class: got === null ? "soft" : "code" }, wrong),
    ];
  };

  const differences = (found) => {
    const noted = found.some((one) => one[3]);
    const rows = found.map(([path, due, got, note]) =>
      el("tr", {}, el("th", { scope: "row", class: "code" }, path), cells(due, got), noted && el("td", {}, note)));
    return table("What differs", ["path", "expected", "got", ...(noted ? ["note"] : [])], rows);
  };

  const spaced = (hex) => hex.replace(/[0-9a-f]{2}(?=[0-9a-f])/g, "$& ");

  // Bytes by their number, those that differ marked.
  const bytes = (hex, other) => {
    const mine = spaced(hex).split(" ");
    const theirs = other === null ? mine : spaced(other).split(" ");
    return mine.map((byte, place) => [place ? " " : "", byte === theirs[place] ? byte : el("mark", {}, byte)]).flat();
  };

  const ofBytes = (view) => {
    const lengths = view.sent === null
      ? `The port sent no preimage_hex beside its digest. These are the ${view.length} right bytes.`
      : view.sent === view.length ? `${view.length} bytes, as they should be.`
      : `${view.sent} bytes; ${view.length} are right.`;
    const rows = view.rows.map(([name, offset, due, got, says, read, differs]) =>
      el("tr", { class: differs ? "wrong" : null },
        el("th", { scope: "row", class: "code" }, name),
        el("td", { class: "number" }, offset),
        el("td", { class: "code right" }, bytes(due, got)),
        got !== null && el("td", { class: "code" }, got === "" ? "nothing" : bytes(got, due)),
        el("td", { class: "code" }, says),
        got !== null && el("td", { class: "code" }, read ?? "–")));
    const header = view.sent === null
      ? ["field", "byte", "expected", "reads"]
      : ["field", "byte", "expected", "got", "reads", "got reads"];
    const cut = [
      view.before ? `${view.before} fields before` : "", view.after ? `${view.after} fields behind` : "",
    ].filter(Boolean).join(" and ");
    return [
      el("h4", {}, "The bytes that are hashed"),
      el("p", { class: "soft" }, lengths, cut ? ` Not shown: ${cut}.` : ""),
      table("The bytes that are hashed", header, rows),
    ];
  };

  const short = (hash) => (hash === null ? "–" : hash.length > 16 ? `${hash.slice(0, 14)}…` : hash);

  const ofLog = (view) => {
    const due = view.due ? `${view.due[0]} at ${view.due[1]} is due.` : "An output is due: the log holds.";
    const got = view.got ? ` The port says ${view.got[0]} at ${view.got[1]}.` : "";
    const rows = view.rows.map(([number, sequence, previous, own, holds, wrong]) => {
      const place = view.places.includes(number);
      return el("tr", { class: wrong.length || place ? "wrong" : null },
        el("th", { scope: "row", class: "number" }, number),
        el("td", { class: "number" }, sequence ?? "–"),
        el("td", { class: "code hash", title: previous ?? false }, short(previous)),
        el("td", { class: "code hash", title: own ?? false }, short(own)),
        el("td", { class: "code" }, holds),
        el("td", { class: wrong.length ? "bad" : null }, wrong.join("; ") || (sequence === null ? "blank" : "holds")));
    });
    return [
      el("h4", {}, "The log, line by line"),
      el("p", { class: "soft" }, due, got, view.keyed ? " The log has a key." : "",
        view.before ? ` Lines before ${view.before} are not shown.` : ""),
      table("The log, line by line",
        ["line", "sequence", "previous_hash", "entry_hash", "what it holds", "link"], rows),
    ];
  };

  const ofScript = (view) => {
    const answer = view.answer.map(([path, due, got, differs]) =>
      el("tr", { class: differs ? "wrong" : null },
        el("th", { scope: "row", class: "code" }, path), cells(due, got)));
    const ledger = view.ledger.map(([path, before, due, got, differs]) =>
      el("tr", { class: differs ? "wrong" : null },
        el("th", { scope: "row", class: "code" }, path),
        el("td", { class: "code" }, before ?? "–"), cells(due, got)));
    return [
      el("h4", {}, `Step ${view.place} of ${view.count}, counted from 0, is the first that differs`),
      el("ol", { class: "steps", start: view.steps[0]?.[0] ?? 0 }, view.steps.map(([number, step]) =>
        el("li", { value: number, class: number === view.place ? "wrong" : null }, step))),
      table("The answer of this step", ["answer", "expected", "got"], answer),
      ledger.length
        ? [el("h4", {}, "The ledger behind this step"), table("The ledger behind this step", ["field", "before", "expected", "got"], ledger)]
        : [],
    ].flat();
  };

  const kinds = { bytes: ofBytes, log: ofLog, script: ofScript };
  return { differences, view: (one) => kinds[one.kind](one) };
})();

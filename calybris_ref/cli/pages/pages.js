"use strict";

// Lists: what is not wanted is hidden, what is wanted is shown step by step.
for (const list of document.querySelectorAll(".listing")) {
  const STEP = Number(list.dataset.step);
  const [status, rows, more] = [".counted", ".rows", ".more"].map((one) => list.querySelector(one));
  const controls = Object.fromEntries([...list.querySelectorAll("[data-role]")].map((one) => [one.dataset.role, one]));
  const items = [...rows.children].map((element) => ({
    element,
    kind: element.dataset.kind,
    text: element.dataset.text,
    keys: element.dataset.keys.split(" ").map(Number),
    bars: element.querySelectorAll("svg.bar"),
  }));
  let [shown, order, found] = [STEP, "0", items];

  const paint = () => {
    const visible = new Set(found.slice(0, shown));
    for (const item of items) item.element.hidden = !visible.has(item);
    const all = items.length.toLocaleString("en");
    const some = found.length === items.length ? all : `${found.length.toLocaleString("en")} of ${all}`;
    const first = visible.size < found.length ? `; the first ${visible.size.toLocaleString("en")} are shown` : "";
    status.textContent = `${some} ${list.dataset.name}${first}`;
    more.hidden = visible.size >= found.length;
  };
  const choose = () => {
    const text = controls.text.value.trim().toLowerCase();
    const by = controls.order ? controls.order.value : "0";
    if (by !== order) {
      order = by;
      items.sort((one, other) => one.keys[order] - other.keys[order]);
      rows.append(...items.map((item) => item.element));
    }
    const kind = controls.kind.value;
    found = items.filter((item) => (!kind || item.kind === kind) && item.text.includes(text));
    shown = STEP;
    paint();
  };
  const scale = () => {
    const name = controls.scale.value;
    for (const item of items) for (const bar of item.bars) bar.setAttribute("viewBox", bar.dataset[name]);
  };
  for (const [role, control] of Object.entries(controls)) {
    control.addEventListener("input", role === "scale" ? scale : choose);
    control.addEventListener("change", role === "scale" ? scale : choose);
  }
  more.firstElementChild.addEventListener("click", () => {
    const first = found[shown];
    shown += STEP;
    paint();
    const reach = first.element.querySelector("summary") ?? first.element;
    if (reach === first.element) reach.tabIndex = -1;
    reach.focus();
  });
  for (const link of document.querySelectorAll("[data-filter]")) {
    link.addEventListener("click", () => {
      controls.kind.value = link.dataset.filter;
      choose();
    });
  }
  list.querySelector(".filters").hidden = status.hidden = false;
  paint();
}

// Bytes: one field at a time is reached with Tab, the others with the arrow keys.
for (const section of document.querySelectorAll(".octets")) {
  const told = section.querySelector(".told");
  const buttons = [...section.querySelectorAll(".field")];
  told.hidden = false;
  let current = 0;
  const point = (place) => {
    buttons[current].tabIndex = -1;
    buttons[current].classList.remove("current");
    current = place;
    buttons[current].tabIndex = 0;
    buttons[current].classList.add("current");
    told.textContent = buttons[current].getAttribute("aria-label");
  };
  buttons.forEach((button, place) => {
    button.tabIndex = place ? -1 : 0;
    button.removeAttribute("title");
    button.addEventListener("focus", () => point(place));
    button.addEventListener("pointerenter", () => point(place));
  });
  section.querySelector(".fields").addEventListener("keydown", (event) => {
    const last = buttons.length - 1;
    const to = {
      ArrowRight: current + 1, ArrowDown: current + 1, ArrowLeft: current - 1, ArrowUp: current - 1, Home: 0, End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(last, to))].focus();
  });
}

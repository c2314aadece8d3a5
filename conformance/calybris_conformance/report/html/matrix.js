"use strict";

// The deviations of a cell beside it, when it is pointed at or holds the focus; Escape hides them.
(() => {
  const { el, data } = page;
  const WAYS_SHOWN = 6;
  const cells = data("cells");
  const tip = document.getElementById("deviations");
  let owner = null;
  let leaving = 0;

  const hide = () => {
    clearTimeout(leaving);
    owner?.removeAttribute("aria-describedby");
    owner = null;
    tip.hidden = true;
  };

  const show = (cell) => {
    clearTimeout(leaving);
    if (cell === owner) return;
    hide();
    const ways = cells[cell.dataset.cell] ?? [];
    const more = ways.slice(WAYS_SHOWN).reduce((sum, [count]) => sum + count, 0);
    tip.replaceChildren(
      el("ul", {}, ways.slice(0, WAYS_SHOWN).map(([count, kind, verdict, id, said]) => el("li", {},
        el("span", { class: `mark ${kind}` }, verdict.replaceAll("_", " ")), " ", el("code", {}, id),
        count > 1 ? ` and ${count - 1} more` : "", el("br"), said))),
      ...(more ? [el("p", { class: "soft" }, `and ${more} cases that deviate in other ways`)] : []));
    owner = cell;
    cell.setAttribute("aria-describedby", "deviations");
    tip.hidden = false;
    const at = cell.getBoundingClientRect();
    const width = tip.offsetWidth;
    const below = at.bottom + 6 + tip.offsetHeight <= innerHeight || at.top < tip.offsetHeight + 6;
    tip.style.left = `${scrollX + Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8))}px`;
    tip.style.top = `${scrollY + (below ? at.bottom + 6 : at.top - tip.offsetHeight - 6)}px`;
  };

  // The pointer may move onto what it reads.
  const later = () => { clearTimeout(leaving); leaving = setTimeout(hide, 150); };
  for (const cell of document.querySelectorAll(".deviates")) {
    cell.addEventListener("pointerenter", () => show(cell));
    cell.addEventListener("pointerleave", later);
    cell.addEventListener("focus", () => show(cell));
    cell.addEventListener("blur", later);
    cell.addEventListener("click", () => show(cell));
  }
  tip.addEventListener("pointerenter", () => clearTimeout(leaving));
  tip.addEventListener("pointerleave", later);
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();

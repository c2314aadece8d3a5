"use strict";

// What every page needs: a theme that is remembered, elements made from text only, and the data in the page.
const page = (() => {
  const root = document.documentElement;

  // Everything that does not print becomes its escape, as in the parts that were written without a script.
  const visible = (text) =>
    String(text).replace(/[^\P{C}\n\t]|[^\P{Z} ]/gu, (character) => {
      const code = character.codePointAt(0);
      if (code < 0x100) return "\\x" + code.toString(16).padStart(2, "0");
      return code < 0x10000 ? "\\u" + code.toString(16).padStart(4, "0") : "\\U" + code.toString(16).padStart(8, "0");
    });

  // An element; children are texts or elements, and no text is ever read as markup.
  const el = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, String(value));
    }
    for (const child of children.flat()) {
      if (child === null || child === undefined || child === false) continue;
      made.append(child instanceof Node ? child : visible(child));
    }
    return made;
  };

  const data = (name) => JSON.parse(document.getElementById(name).textContent);

  // Copies a text, and says on the button whether it did.
  const copy = async (button, text) => {
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      said = "Select and copy by hand";
    }
    button.textContent = said;
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };

  const stored = () => {
    try { return localStorage.getItem("calybris-theme"); } catch { return null; } // a file may have no storage
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => { button.textContent = isDark() ? "Light colours" : "Dark colours"; };
  if (["light", "dark"].includes(stored())) root.dataset.theme = stored();
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("calybris-theme", root.dataset.theme); } catch { /* it lasts as long as the page */ }
    show();
  });
  system.addEventListener("change", show);
  show();

  return { visible, el, data, copy };
})();

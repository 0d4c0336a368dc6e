/*
 * What a word of the glossary means, beside the word: on hover, and when it has the focus.
 *
 * As WCAG 1.4.13 asks: Escape dismisses the definition, the mouse may go to it, and it stays until
 * mouse and focus have left. A word is a link to the glossary all the same, for touch and for
 * whoever wants to read on. The definitions are in the page, in <template> elements.
 */
"use strict";

(() => {
  const SOON = 120; // ms of rest before it opens, so that passing over a word does nothing
  const GRACE = 250; // ms to get from the word to the definition

  const box = document.createElement("div");
  box.className = "mbrl-definition";
  box.id = "mbrl-definition";
  box.setAttribute("role", "tooltip");
  box.hidden = true;

  let word = null; // whose definition is shown
  let timer = 0;

  function later(action, delay) {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  }

  function show(link) {
    clearTimeout(timer);
    if (word === link) return;
    hide();
    const definition = document.getElementById(`mbrl-${link.hash.slice(1)}`);
    if (!definition) return;
    word = link;
    box.replaceChildren(definition.content.cloneNode(true));
    link.setAttribute("aria-describedby", box.id);
    box.hidden = false;
    place(link);
    // formulas are drawn once the words are in the page, and change the size of the box
    window.MathJax?.typesetPromise?.([box]).then(() => word === link && place(link));
  }

  function hide() {
    clearTimeout(timer);
    if (!word) return;
    word.removeAttribute("aria-describedby");
    word = null;
    box.hidden = true;
  }

  function place(link) {
    const line = link.getClientRects()[0]; // of a word that is broken over two lines, the first
    const { width, height } = box.getBoundingClientRect();
    const room = document.documentElement.clientWidth - width - 12;
    const left = Math.max(12, Math.min(line.left, room));
    const below = line.bottom + 8 + height <= window.innerHeight || line.top < height + 8;
    const top = below ? line.bottom + 8 : line.top - height - 8;
    box.style.left = `${left + window.scrollX}px`;
    box.style.top = `${top + window.scrollY}px`;
  }

  function leave() {
    if (document.activeElement !== word) later(hide, GRACE);
  }

  for (const link of document.querySelectorAll("a.mbrl-term")) {
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "touch") later(() => show(link), SOON);
    });
    link.addEventListener("pointerleave", () => (word === link ? leave() : clearTimeout(timer)));
    link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
    link.addEventListener("blur", () => word === link && !box.matches(":hover") && hide());
  }
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !word) return;
    hide();
    event.stopPropagation();
  }, true);
  document.body.append(box);
})();

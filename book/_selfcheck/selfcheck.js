// Self-checks: shows the explanation of what was chosen, says it, and remembers the answers in
// this browser and nowhere else. Without this script every explanation can be unfolded.
"use strict";

(() => {
  const STORE = "mbrl-selfchecks"; // {question's id: {chosen: [numbers], solved}}
  const PASSING_BY = 700; // ms: arrow keys choose every radio button that they pass

  const answers = read();
  const live = makeLiveRegion();

  function read() {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE));
      return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
    } catch {
      return {}; // no storage here, or not ours: the page works, and forgets
    }
  }

  function write() {
    try {
      localStorage.setItem(STORE, JSON.stringify(answers));
    } catch {
      // answers last as long as the page
    }
  }

  // Whether it is solved is kept too, so that pages without the question can count it.
  function remember(id, chosen, solved) {
    if (chosen.length) answers[id] = { chosen, solved };
    else delete answers[id];
    write();
  }

  function isSolved(id) {
    return answers[id]?.solved === true;
  }

  function makeLiveRegion() {
    const region = document.createElement("div");
    region.className = "selfcheck-live";
    region.setAttribute("role", "status");
    document.body.append(region);
    return region;
  }

  class Question {
    constructor(form) {
      this.form = form;
      this.id = form.id;
      this.choices = [...form.querySelectorAll(".selfcheck-choice")].map((element) => ({
        element,
        input: element.querySelector("input"),
        why: element.querySelector(".selfcheck-why"),
        right: element.dataset.verdict === "right",
      }));
      form.classList.add("selfcheck-scripted");
      form.addEventListener("submit", (event) => event.preventDefault()); // nothing to send
      form.addEventListener("keydown", (event) => {
        this.passing = event.key.startsWith("Arrow");
        if (event.key === "Enter") this.settle(event.target);
      });
      form.addEventListener("pointerdown", () => {
        this.passing = false;
      });
      form.addEventListener("change", (event) => this.changed(event.target));
      this.restore();
    }

    restore() {
      const chosen = [].concat(answers[this.id]?.chosen ?? []);
      this.choices.forEach(({ input }, number) => {
        input.checked = chosen.includes(number);
      });
      this.show();
    }

    changed(input) {
      clearTimeout(this.timer);
      if (this.passing && input.type === "radio") {
        this.timer = setTimeout(() => this.settle(input), PASSING_BY);
      } else {
        this.settle(input);
      }
    }

    settle(input) {
      clearTimeout(this.timer);
      const chosen = this.choices.flatMap(({ input: own }, n) => (own.checked ? [n] : []));
      remember(this.id, chosen, this.solved());
      this.show();
      const choice = this.choices.find((one) => one.input === input && input.checked);
      live.textContent = choice ? this.spoken(choice) : "";
      count();
    }

    solved() {
      return this.choices.every(({ input, right }) => input.checked === right);
    }

    spoken(choice) {
      const all = this.solved() && this.form.dataset.kind === "several";
      return choice.why.querySelector(".selfcheck-text").innerText + (all ? " That is all." : "");
    }

    show() {
      for (const { element, input, why } of this.choices) {
        element.classList.toggle("selfcheck-chosen", input.checked);
        why.open = input.checked;
      }
      this.form.classList.toggle("selfcheck-solved", this.solved());
    }

    forget() {
      delete answers[this.id];
      this.restore();
    }
  }

  const questions = [...document.querySelectorAll("form.selfcheck")].map((f) => new Question(f));

  function count() {
    for (const place of document.querySelectorAll("[data-selfchecks]")) {
      const ids = place.dataset.selfchecks.split(" ");
      const solved = ids.filter(isSolved).length;
      place.dataset.words ??= place.textContent;
      place.textContent = `${place.dataset.words}, ${solved} solved`;
      place.classList.toggle("selfcheck-all", solved === ids.length);
    }
  }

  function button(words, press) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "selfcheck-button";
    made.textContent = words;
    made.addEventListener("click", press);
    return made;
  }

  function forgetHere() {
    questions.forEach((question) => question.forget());
    write();
    count();
    live.textContent = "The answers on this page are forgotten.";
  }

  function forgetAll() {
    Object.keys(answers).forEach((id) => delete answers[id]);
    write();
    count();
    live.textContent = "All answers are forgotten.";
  }

  // Below the last question: how far the reader is on this page.
  function addFooter(last) {
    const footer = document.createElement("p");
    const place = document.createElement("span");
    footer.className = "selfcheck-footer";
    place.dataset.selfchecks = questions.map(({ id }) => id).join(" ");
    place.textContent = `${questions.length} self-check${questions.length > 1 ? "s" : ""} here`;
    footer.append(place, button("Start over", forgetHere));
    last.after(footer);
  }

  if (questions.length) addFooter(questions.at(-1).form);
  document.querySelector(".selfcheck-progress")?.after(button("Forget all answers", forgetAll));
  count();

  // another tab of the same site
  addEventListener("storage", (event) => {
    if (event.key !== STORE && event.key !== null) return;
    Object.keys(answers).forEach((id) => delete answers[id]);
    Object.assign(answers, read());
    questions.forEach((question) => question.restore());
    count();
  });
})();

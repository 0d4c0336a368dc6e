// needs: nn.js glucose_core.js
// A day of a virtual patient, and who doses it: what is drawn of `glucose_core.js`, and controls.
"use strict";

(() => {
  const {DAY, CONTROL, STEPS, BLOCK} = Glucose;
  const FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif";
  const NARROW = 500; // CSS pixels below which the picture has less in it
  const PACE = 120; // minutes of the day that pass in a second
  const STEP = CONTROL * BLOCK; // minutes that a press of Step or of an arrow lets pass
  const PAUSE = 1500; // ms: changes that follow faster than this are one, a slider being dragged
  const SLOW = 50; // ms: a day that takes longer is computed when the slider has come to rest
  const CALM = 120; // ms without a change: it has
  const REST = 900; // ms without a change after which the day is told to those who listen
  const MEALS = [["Breakfast", 45, 420], ["Lunch", 70, 720], ["Dinner", 80, 1080]];
  const GROUPS = [["adult", "adult"], ["adolescent", "adolescent"], ["child", "child"]];
  const WHO = {nobody: "basal only", you: "you", rule: "carbohydrate counting", mpc: "MPC"};

  const percent = (share) => `${Math.round(100 * share)} %`;
  const hourly = (dose) => (60 / CONTROL) * dose; // U in a control step -> U/h
  const units = (dose) => `${dose.toFixed(1)} U`;

  function clock(minute) {
    const whole = Math.round(minute);
    const [hours, rest] = [Math.floor(whole / 60), whole % 60];
    return `${String(hours).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
  }

  // ---------------------------------------------------------------- the day, as it is set

  // All that the reader has chosen, and the day that comes of it.
  class Choices {
    constructor(meta) {
      this.meta = meta;
      this.group = "adult";
      this.number = 1;
      this.who = "you";
      this.meals = MEALS.map(([, grams, minute]) => ({minute, grams}));
      this.boluses = [4.5, 7, 8]; // U
      this.offset = 0; // minutes after the meal
      this.basal = 1; // times the basal rate
      this.counting = 0; // %, by which what is announced is too much
      this.horizon = 20; // blocks of 15 minutes
    }

    nameOf(number) {
      return `${this.group}#${String(number).padStart(3, "0")}`;
    }

    get subject() {
      return this.meta.subjects[this.nameOf(this.number)];
    }

    // What this subject's own carbohydrate ratio asks for, U for each meal.
    get asked() {
      return this.meals.map(({grams}) => grams / this.subject.carbohydrate_ratio);
    }

    controller() {
      const {subject, meta} = this;
      if (this.who === "rule") return new Glucose.BasalBolus(subject);
      if (this.who === "mpc") {
        const model = meta.models[this.nameOf(this.number)];
        const forecast = new Glucose.Forecast(model, meta.insulin_times, meta.food_times);
        return new Glucose.MPC(subject, forecast, this.horizon, NN.luck(1));
      }
      if (this.who === "nobody") return new Glucose.Given(subject.basal, []);
      const doses = this.meals.map(({minute}, i) => [minute + this.offset, this.boluses[i]]);
      return new Glucose.Given(this.basal * subject.basal, doses);
    }

    live() {
      const controller = this.controller();
      const errors = this.meta.sensor_errors; // the same every day, so that days can be compared
      const day = Glucose.live(this.subject, this.meals, this.counting / 100, errors, controller);
      day.who = this.who;
      day.meals = this.meals.map((meal) => ({...meal}));
      day.plans = controller.plans || [];
      day.worth = Glucose.worth(day.glucose.subarray(1));
      return day;
    }
  }

  // ---------------------------------------------------------------- what is drawn

  class Picture {
    constructor(ui, keys, pointer) {
      this.ui = ui;
      this.view = ui.canvas({
        label: "Glucose over the day with its target range, meals, and insulin below. " +
          "The arrow keys move through the day.",
        width: 760, height: 440, fluid: true,
        aspect: (width) => (width < NARROW ? 330 : 440),
        keys, pointer,
      });
    }

    get left() { return 36; }
    get right() { return this.view.width - 8; }
    get top() { return 50; }
    get bottom() { return this.view.height - (this.view.width < NARROW ? 96 : 128); } // of glucose
    get ceiling() { return this.bottom + 38; } // of insulin
    get floor() { return this.view.height - 20; }

    x(minute) {
      return this.left + (minute / DAY) * (this.right - this.left);
    }

    y(glucose) {
      return this.bottom - (glucose / this.highest) * (this.bottom - this.top);
    }

    // Insulin in U/h: straight up to 2, then by powers of ten, as in the library's figure.
    low(rate) {
      const height = rate <= 2 ? rate / 2 : 1 + Math.log10(rate / 2);
      return this.floor - (height / 3.5) * (this.floor - this.ceiling);
    }

    minuteAt(x) {
      return (DAY * (x - this.left)) / (this.right - this.left);
    }

    draw(day, ghost, minute) {
      const {context, width, height} = this.view;
      const top = Math.max(...day.glucose, ...(ghost ? ghost.glucose : []));
      this.highest = Math.max(300, 100 * Math.ceil(top / 100));
      context.clearRect(0, 0, width, height);
      context.lineJoin = context.lineCap = "round";
      context.textBaseline = "middle";
      this.drawRanges();
      this.drawHours();
      this.drawInsulin(day, ghost, minute);
      if (ghost) this.curve(ghost.glucose, 0, DAY, "grey", 1.5, 1);
      this.drawExcursions(day, minute);
      if (day.who === "rule" || day.who === "mpc") this.drawSensor(day, minute);
      this.curve(day.glucose, minute, DAY, "blue", 2.5, 0.35);
      this.curve(day.glucose, 0, minute, "blue", 2.5, 1);
      this.drawMeals(day);
      if (minute < DAY) {
        this.drawForecast(day, minute);
        this.drawCursor(day, minute);
      }
      this.drawShares(day, ghost);
      this.drawWords(day, ghost);
    }

    text(words, x, y, {color = "quiet", align = "left", size = 12, weight = "", halo = 0} = {}) {
      const {context} = this.view;
      context.font = `${weight} ${size}px ${FONT}`;
      context.textAlign = align;
      if (halo) { // so that words stay legible on lines
        context.strokeStyle = this.ui.color("background");
        context.lineWidth = halo;
        context.strokeText(words, x, y);
      }
      context.fillStyle = this.ui.color(color);
      context.fillText(words, x, y);
    }

    line(points, color, wide, alpha = 1, dash = []) {
      const {context} = this.view;
      context.globalAlpha = alpha;
      context.strokeStyle = this.ui.color(color);
      context.lineWidth = wide;
      context.setLineDash(dash);
      context.beginPath();
      for (const [x, y] of points) context.lineTo(x, y);
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
    }

    block(x, y, wide, high, color, alpha) {
      const {context} = this.view;
      context.globalAlpha = alpha;
      context.fillStyle = this.ui.color(color);
      context.fillRect(x, y, wide, high);
      context.globalAlpha = 1;
    }

    drawRanges() {
      const {left, right} = this;
      const narrow = this.view.width < NARROW;
      this.block(left, this.y(180), right - left, this.y(70) - this.y(180), "green", 0.15);
      this.block(left, this.y(54), right - left, this.y(0) - this.y(54), "pink", 0.12);
      const levels = [0, 54, 70, 180];
      for (let level = 300; level <= this.highest; level += 100) levels.push(level);
      for (const level of levels) {
        this.line([[left, this.y(level)], [right, this.y(level)]], "line", 1);
        if (level !== 54) {
          this.text(level, left - 6, this.y(level), {align: "right"});
        }
      }
      this.text("target range", left + 6, this.y(70) - 9, {color: "green"});
      this.text(narrow ? "very low" : "dangerously low", left + 6, this.y(0) - 9, {color: "pink"});
    }

    drawHours() {
      const narrow = this.view.width < NARROW;
      for (let hour = 0; hour <= 24; hour += narrow ? 6 : 3) {
        const x = this.x(60 * hour);
        this.line([[x, this.top], [x, this.bottom]], "line", 1, 0.6);
        this.line([[x, this.ceiling], [x, this.floor]], "line", 1, 0.6);
        const align = hour === 24 ? "right" : hour === 0 ? "left" : "center";
        this.text(clock(60 * hour), x, this.view.height - 7, {align});
      }
    }

    drawMeals(day) {
      for (const {minute, grams} of day.meals) {
        if (grams === 0) continue;
        const [x, tip] = [this.x(minute), this.bottom - 6 - 0.22 * grams];
        this.line([[x, this.bottom], [x, tip]], "orange", 4);
        this.text(`${grams} g`, x, tip - 10, {align: "center", color: "text", halo: 3});
      }
    }

    drawInsulin(day, ghost, minute) {
      const {left, right, view: {width}} = this;
      for (const rate of [0, 2, 20, 200]) {
        this.line([[left, this.low(rate)], [right, this.low(rate)]], "line", 1);
        if (width >= NARROW || rate === 0 || rate === 20) {
          this.text(rate, left - 6, this.low(rate), {align: "right"});
        }
      }
      if (ghost) this.line(this.stairs(ghost.insulin, 0, STEPS), "grey", 1);
      const now = Math.round(minute / CONTROL);
      this.drawRates(day.insulin, now, STEPS, 0.35);
      this.drawRates(day.insulin, 0, now, 1);
      day.bolus.forEach((dose, step) => {
        if (dose < 0.05) return;
        const [x, y] = [this.x((step + 0.5) * CONTROL), this.low(hourly(day.insulin[step]))];
        this.text(units(dose), x, y - 9, {align: "center", color: "text", halo: 3});
      });
    }

    // A rate that holds for each control step, as points; insulin in U a step.
    stairs(insulin, from, to) {
      const points = [];
      for (let step = from; step < to; step++) {
        const y = this.low(hourly(insulin[step]));
        points.push([this.x(step * CONTROL), y], [this.x((step + 1) * CONTROL), y]);
      }
      return points;
    }

    drawRates(insulin, from, to, alpha) {
      if (from >= to) return;
      const {context} = this.view;
      const points = this.stairs(insulin, from, to);
      context.globalAlpha = 0.3 * alpha;
      context.fillStyle = this.ui.color("violet");
      context.beginPath();
      context.moveTo(points[0][0], this.floor);
      for (const [x, y] of points) context.lineTo(x, y);
      context.lineTo(points[points.length - 1][0], this.floor);
      context.fill();
      this.line(points, "violet", 1.75, alpha);
    }

    // Glucose (every five minutes) between two minutes.
    path(glucose, from, to) {
      const points = [];
      const at = (minute) => this.y(between(glucose, minute));
      points.push([this.x(from), at(from)]);
      for (let k = Math.floor(from / CONTROL) + 1; k * CONTROL < to; k++) {
        points.push([this.x(k * CONTROL), this.y(glucose[k])]);
      }
      points.push([this.x(to), at(to)]);
      return points;
    }

    curve(glucose, from, to, color, wide, alpha) {
      if (from < to) this.line(this.path(glucose, from, to), color, wide, alpha);
    }

    // What lies below 70 and above 180 is filled.
    drawExcursions(day, minute) {
      const {context, width} = this.view;
      const parts = [["pink", 70, this.bottom, 0.4], ["blue", 180, this.top, 0.22]];
      for (const [color, level, edge, alpha] of parts) {
        context.save();
        context.beginPath();
        context.rect(0, Math.min(edge, this.y(level)), width, Math.abs(edge - this.y(level)));
        context.clip();
        for (const [from, to, fade] of [[0, minute, 1], [minute, DAY, 0.4]]) {
          if (from >= to) continue;
          context.globalAlpha = alpha * fade;
          context.fillStyle = this.ui.color(color);
          context.beginPath();
          context.moveTo(this.x(from), this.y(level));
          for (const [x, y] of this.path(day.glucose, from, to)) context.lineTo(x, y);
          context.lineTo(this.x(to), this.y(level));
          context.fill();
        }
        context.restore();
      }
    }

    drawSensor(day, minute) {
      const {context} = this.view;
      context.fillStyle = this.ui.color("grey");
      for (let k = 0; k * CONTROL <= minute; k++) {
        context.beginPath();
        context.arc(this.x(k * CONTROL), this.y(day.sensor[k]), 1.1, 0, 7);
        context.fill();
      }
    }

    // What the newest plan expected, and the rates with which it would go on.
    drawForecast(day, minute) {
      const plan = planAt(day, minute);
      if (!plan) return;
      const {context} = this.view;
      const start = plan.step * CONTROL;
      const inside = ([x]) => x <= this.right + 0.5;
      context.save();
      context.beginPath();
      context.rect(0, this.top - 4, this.view.width, this.bottom - this.top + 4);
      context.clip(); // a forecast may fall below 0
      const points = [...plan.glucose].map((g, h) => [this.x(start + h * STEP), this.y(g)]);
      this.line(points.filter(inside), "orange", 2.5, 1, [6, 5]);
      context.restore();
      const rates = [...plan.rates].flatMap((rate, h) =>
        [h, h + 1].map((end) => [this.x(start + end * STEP), this.low(rate)]));
      this.line(rates.filter(inside), "orange", 1.75);
    }

    drawCursor(day, minute) {
      const {context} = this.view;
      const glucose = between(day.glucose, minute);
      const [x, y] = [this.x(minute), this.y(glucose)];
      this.line([[x, this.top - 2], [x, this.floor]], "text", 1, 0.6);
      context.fillStyle = this.ui.color("blue");
      context.beginPath();
      context.arc(x, y, 5, 0, 7);
      context.fill();
      const words = `${clock(minute)}  ${glucose.toFixed(0)} mg/dL`;
      context.font = `600 13px ${FONT}`;
      const half = context.measureText(words).width / 2 + 6;
      const middle = Math.min(this.right - half, Math.max(this.left + half, x));
      this.block(middle - half, this.top - 2, 2 * half, 20, "background", 0.85);
      this.text(words, middle, this.top + 9, {
        color: "text", align: "center", size: 13, weight: 600,
      });
    }

    // The day's time below, in and above the range as one bar; below it the day before.
    drawShares(day, ghost) {
      const bar = (worth, y, high, alpha) => {
        let x = this.left;
        const parts = [["below 70", "pink"], ["in range", "green"], ["above 180", "blue"]];
        for (const [what, color] of parts) {
          const wide = worth[what] * (this.right - this.left);
          this.block(x, y, Math.max(0, wide - 1), high, color, alpha);
          x += wide;
        }
      };
      bar(day.worth, 25, 9, 0.85);
      if (ghost) bar(ghost.worth, 36, 4, 0.4);
    }

    drawWords(day, ghost) {
      const {context} = this.view;
      this.text("Glucose, mg/dL", 0, 9, {color: "text", size: 13, weight: 600});
      this.text("Insulin, U/h", 0, this.bottom + 18, {color: "text", size: 13, weight: 600});
      let x = this.right;
      const entry = (words, color, dash = []) => {
        context.font = `12px ${FONT}`;
        x -= context.measureText(words).width;
        this.text(words, x, 9);
        this.line([[x - 21, 9], [x - 6, 9]], color, 2.5, 1, dash);
        x -= 34;
      };
      if (ghost) entry("before", "grey");
      if (day.who === "mpc") entry("forecast", "orange", [4, 4]);
      entry("plasma", "blue");
    }
  }

  // Between two of the values that are given every five minutes.
  function between(glucose, minute) {
    const k = Math.min(STEPS - 1, Math.floor(minute / CONTROL));
    return glucose[k] + (minute / CONTROL - k) * (glucose[k + 1] - glucose[k]);
  }

  // The plan that was followed at a minute of the day.
  function planAt(day, minute) {
    let newest = null;
    for (const plan of day.plans) if (plan.step * CONTROL <= minute) newest = plan;
    return newest;
  }

  // What happened, in a sentence.
  function told(day) {
    const lowest = Math.min(...day.glucose);
    const highest = Math.max(...day.glucose);
    const at = (value) => clock(day.glucose.indexOf(value) * CONTROL);
    const gone = day.glucose.findIndex((glucose) => glucose < 20);
    if (gone >= 0) {
      return `below 20 mg/dL from ${clock(gone * CONTROL)} on, which would kill a person; ` +
        "the model goes on.";
    }
    const ends = `lowest ${lowest.toFixed(0)} mg/dL at ${at(lowest)}, ` +
      `highest ${highest.toFixed(0)} at ${at(highest)}`;
    if (lowest < 54) return `${ends}. Below 54 a person needs help.`;
    return `${ends}.`;
  }

  // ---------------------------------------------------------------- the demo

  const NUMBERS = { // what a day was worth: label, factor, digits, unit
    "in range": ["In range:", 100, 0, " %"],
    "below 70": ["Below 70:", 100, 0, " %"],
    "above 180": ["Above 180:", 100, 0, " %"],
    magni: ["Magni risk:", 1, 1, ""],
    lbgi: ["LBGI:", 1, 1, ""],
    hbgi: ["HBGI:", 1, 1, ""],
  };

  function timing(offset) {
    if (offset === 0) return "with the meal";
    return `${Math.abs(offset)} min ${offset < 0 ? "early" : "late"}`;
  }

  function counted(share) {
    if (share === 0) return "exactly";
    if (share === -100) return "not at all";
    return `${Math.abs(share)} % too ${share < 0 ? "low" : "high"}`;
  }

  // The controls; `slider` and `choice` take what they change as their last argument.
  function addControls(ui, choices, {slider, choice, takeAsked}) {
    const rows = {}; // elements that are hidden or rewritten when something is chosen
    const grid = (build) => {
      const row = ui.row(build);
      row.classList.add("demo-grid");
      return row;
    };
    ui.row(() => choice(
      {label: "Who doses?", value: choices.who, options: Object.entries(WHO)},
      (who) => { choices.who = who; },
    ));
    rows.you = grid(() => {
      MEALS.forEach(([meal], i) => slider(
        {label: `${meal} bolus`, min: 0, max: 25, step: 0.1, value: choices.boluses[i],
          format: units},
        (dose) => { choices.boluses[i] = dose; },
      ));
      slider(
        {label: "Timing", min: -30, max: 180, step: 5, value: choices.offset, format: timing},
        (offset) => { choices.offset = offset; },
      );
      slider(
        {label: "Basal rate", min: 0, max: 2, step: 0.05, value: choices.basal,
          format: (factor) => `${factor.toFixed(2)} times`},
        (factor) => { choices.basal = factor; },
      );
      rows.asked = ui.button({label: "Dose by its ratio", press: takeAsked}).button;
    });
    rows.counting = grid(() => {
      slider(
        {label: "Meals counted", min: -100, max: 100, step: 10, value: choices.counting,
          format: counted},
        (share) => { choices.counting = share; },
      );
      const horizon = slider(
        {label: "MPC looks ahead", min: 2, max: 20, value: choices.horizon,
          format: (blocks) => `${blocks / 4} h`},
        (blocks) => { choices.horizon = blocks; },
      );
      rows.horizon = horizon.input.parentElement;
    });
    let number;
    rows.patient = ui.row(() => {
      choice({label: "Patient", value: choices.group, options: GROUPS}, (group) => {
        choices.group = group;
        number.set(number.value); // says age and weight
      });
      number = slider(
        {label: "Number", min: 1, max: 10, value: choices.number, format: (own) => {
          const {age, body_weight} = choices.meta.subjects[choices.nameOf(own)];
          return `${own}: ${age} years, ${body_weight.toFixed(0)} kg`;
        }},
        (own) => { choices.number = own; },
      );
    });
    rows.meals = grid(() => MEALS.forEach(([meal, grams, minute], i) => {
      slider(
        {label: meal, min: 0, max: 120, step: 5, value: grams, format: (g) => `${g} g`},
        (g) => { choices.meals[i].grams = g; },
      );
      slider(
        {label: `${meal} at`, min: minute - 120, max: minute + 120, step: 15, value: minute,
          format: clock},
        (at) => { choices.meals[i].minute = at; },
      );
    }));
    rows.meals.classList.add("demo-meals");
    return rows;
  }

  function build(ui, {glucose: {meta}}) {
    const choices = new Choices(meta);
    let day = choices.live();
    let ghost = null; // the day before the last change
    let fresh = true; // whether `day` is that of the choices
    let minute = DAY; // where in the day we are; at its end the whole of it is shown
    let quiet = false; // while the program, not the reader, moves controls
    let touched = {what: "", when: -Infinity};
    let took = 0; // ms, to compute the last day
    let later = 0; // the timer that draws again when the slider rests
    let playedAt = -Infinity;
    let pressed = false;
    let speech = 0;

    // The day as it was stays visible when something changes.
    function keep(what) {
      const when = performance.now();
      if (what !== touched.what || when - touched.when > PAUSE) ghost = current();
      touched = {what, when};
    }

    function current() {
      if (fresh) return day;
      fresh = true;
      const began = performance.now();
      day = choices.live();
      took = performance.now() - began;
      clearTimeout(speech);
      speech = setTimeout(announce, REST);
      return day;
    }

    // The day to be drawn: while a slider moves and days are slow, that of before, so that the slider
    // follows the finger.
    function shown(draw) {
      const left = touched.when + CALM - performance.now();
      if (fresh || took < SLOW || left <= 0) return current();
      clearTimeout(later);
      later = setTimeout(draw, left);
      return day;
    }

    function announce() {
      ui.announce(`${percent(day.worth["in range"])} in range; ${told(day)}`);
    }

    function quietly(act) {
      const before = quiet;
      quiet = true;
      act();
      quiet = before;
    }

    // A control that changes the day; `restore` puts all of them back.
    const restore = [];
    const changing = (make) => (options, apply) => {
      const control = make({
        ...options,
        change: (value) => {
          if (!quiet) keep(options.label);
          quietly(() => apply(value));
          fresh = false;
          follow();
        },
      });
      restore.push(() => control.set(options.value));
      return control;
    };

    function follow() {
      const {who} = choices;
      const shown = {
        you: who === "you", counting: who === "rule" || who === "mpc", horizon: who === "mpc",
      };
      for (const [name, on] of Object.entries(shown)) rows[name].hidden = !on;
      const grams = choices.subject.carbohydrate_ratio;
      rows.asked.textContent = `Dose 1 U for each ${grams} g, its ratio`;
    }

    // What the subject's own carbohydrate ratio asks for, into the three sliders.
    function takeAsked() {
      keep("asked");
      const doses = choices.asked;
      quietly(() => MEALS.forEach(([meal], i) => boluses.get(meal).set(doses[i])));
    }

    function goTo(to) {
      minute = Math.min(DAY, Math.max(0, to));
      quietly(() => time.set(Math.round(minute)));
    }

    const step = (by) => (down) => down && goTo(STEP * Math.round((minute + by) / STEP));
    const picture = new Picture(ui, {
      ArrowLeft: step(-STEP), ArrowRight: step(STEP),
      Home: (down) => down && goTo(0), End: (down) => down && goTo(DAY),
    }, (x, y, kind) => {
      if (kind === "down") pressed = true;
      const playing = performance.now() - playedAt < 200; // then the pointer has to be pressed
      if (pressed || !playing) goTo(picture.minuteAt(x));
      if (kind === "up") pressed = false;
    });

    let time, story;
    const numbers = {};
    ui.row(() => {
      time = ui.slider({
        label: "Time of day", min: 0, max: DAY, value: DAY, format: clock,
        change: (to) => { if (!quiet) minute = to; },
      });
    }, {where: "scene"});
    ui.row(() => {
      for (const [what, [label]] of Object.entries(NUMBERS)) numbers[what] = ui.output({label});
    }, {where: "scene"}).classList.add("demo-numbers");
    ui.row(() => { story = ui.output({label: "The day:"}); }, {where: "scene"})
      .classList.add("demo-story");

    const boluses = new Map();
    const rows = addControls(ui, choices, {
      choice: changing(ui.choice), takeAsked,
      slider: changing((options) => {
        const made = ui.slider(options);
        if (options.label.endsWith(" bolus")) boluses.set(options.label.split(" ")[0], made);
        return made;
      }),
    });
    follow();

    const demo = {
      stepSeconds: STEP / PACE,
      get day() { return current(); },
      get before() { return ghost; },
      get minute() { return minute; },
      frame(seconds) {
        playedAt = performance.now();
        goTo((minute === DAY ? 0 : minute) + PACE * seconds);
        return minute < DAY;
      },
      draw() {
        const now = shown(demo.draw);
        picture.draw(now, ghost, minute);
        for (const [what, [, factor, digits, unit]] of Object.entries(NUMBERS)) {
          const write = (day) => (factor * day.worth[what]).toFixed(digits);
          const [value, then] = [write(now), ghost ? write(ghost) : write(now)];
          numbers[what].set(then === value ? value + unit : `${then} → ${value}${unit}`);
        }
        story.set(told(now));
      },
      reset() {
        quietly(() => restore.forEach((put) => put()));
        [ghost, touched, fresh] = [null, {what: "", when: -Infinity}, false];
        goTo(DAY);
      },
    };
    return demo;
  }

  Demos.define("glucose", {weights: ["glucose"], build});
})();

// needs: nn.js planner_core.js
// The shooting and MPC playground: what is drawn of `planner_core.js`, and the controls.
"use strict";

(() => {
  const {SIZE, STEP, TRACK, HISTORY} = Planner;
  const FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif";
  const WIDE = 2.95; // m, half of what the scene shows
  const NAMES = {little: "little data", much: "much data", truth: "true dynamics"};

  // ---------------------------------------------------------------- the scene

  class Scene {
    constructor(ui, loop, push) {
      this.ui = ui;
      this.loop = loop;
      this.view = ui.canvas({
        label: "The cart-pole and its plans. The arrow keys push the pole, and so does a tap.",
        width: 760, height: 340, fluid: true,
        aspect: (width) => Math.round((width * (width < 500 ? 3.1 : 2.6)) / (2 * WIDE)),
        keys: {
          ArrowLeft: (down) => down && push(-1),
          ArrowRight: (down) => down && push(1),
        },
        pointer: (x, y, kind) => {
          if (kind === "down") push(x < this.x(this.loop.state[0]) ? 1 : -1);
        },
        touch: "manipulation",
      });
    }

    x(metres) {
      return this.view.width / 2 + (metres * this.view.width) / (2 * WIDE);
    }

    y(metres) {
      return this.view.height / 2 - (metres * this.view.width) / (2 * WIDE) + 4;
    }

    draw(share) {
      const {context, width, height} = this.view;
      context.clearRect(0, 0, width, height);
      context.lineJoin = context.lineCap = "round";
      context.save();
      context.beginPath();
      context.rect(0, 26, width, height); // the words above stay legible
      context.clip();
      this.drawTrack();
      if (this.loop.taken >= 0) {
        this.drawCandidates();
        this.drawPlan();
      }
      this.drawPole(share);
      context.restore();
      this.drawWords();
    }

    drawTrack() {
      const {context} = this.view;
      context.strokeStyle = this.ui.color("line");
      context.lineWidth = 3;
      context.beginPath();
      context.moveTo(this.x(-TRACK), this.y(0));
      context.lineTo(this.x(TRACK), this.y(0));
      for (const end of [-TRACK, TRACK]) {
        context.moveTo(this.x(end), this.y(-0.1));
        context.lineTo(this.x(end), this.y(0.1));
      }
      context.stroke();
    }

    drawCandidates() {
      const {context} = this.view;
      const {search} = this.loop;
      context.strokeStyle = this.ui.color("blue");
      context.lineWidth = 1;
      context.globalAlpha = 0.35;
      for (let k = 0; k < search.shown; k++) {
        const row = k * search.tipRow;
        context.beginPath();
        for (let h = 0; h <= search.horizon; h++) {
          context.lineTo(this.x(search.tipX[row + h]), this.y(search.tipY[row + h]));
        }
        context.stroke();
      }
      context.globalAlpha = 1;
    }

    drawPlan() {
      const {preview} = this.loop;
      const {color} = this.ui;
      if (preview.members > 1) {
        for (let m = 0; m < preview.members; m++) {
          this.trace(preview.paths[m], color("orange"), 1, 0.55);
        }
      }
      this.trace(preview.truth, color("green"), 3, 1);
      this.trace(preview.mean, color("orange"), 3, 1);
    }

    // The way of the tip along a path, with a dot where it ends.
    trace(path, color, wide, alpha) {
      const {context} = this.view;
      const {horizon} = this.loop.preview;
      context.globalAlpha = alpha;
      context.strokeStyle = context.fillStyle = color;
      context.lineWidth = wide;
      context.beginPath();
      for (let h = 0; h <= horizon; h++) context.lineTo(this.tipX(path, h), this.tipY(path, h));
      context.stroke();
      if (wide > 1) {
        context.beginPath();
        context.arc(this.tipX(path, horizon), this.tipY(path, horizon), 4, 0, 7);
        context.fill();
      }
      context.globalAlpha = 1;
    }

    tipX(path, h) {
      return this.x(path[h * SIZE] + path[h * SIZE + 3]);
    }

    tipY(path, h) {
      return this.y(path[h * SIZE + 2]);
    }

    // The cart-pole between two steps; without replanning also where its plan believes it to be.
    drawPole(share) {
      const {before, state, preview, taken, settings} = this.loop;
      if (!settings.replan && taken > 0) {
        const {mean} = preview;
        const now = taken * SIZE;
        this.pole(mean[now], Math.atan2(mean[now + 3], mean[now + 2]), "orange", 0.45);
      }
      const from = Math.atan2(before[3], before[2]);
      const turn = Math.atan2(state[3], state[2]) - from;
      const angle = from + share * Math.atan2(Math.sin(turn), Math.cos(turn));
      this.pole(before[0] + share * (state[0] - before[0]), angle, "text", 1);
    }

    pole(at, angle, color, alpha) {
      const {context} = this.view;
      const unit = this.view.width / (2 * WIDE);
      const [x, y] = [this.x(at), this.y(0)];
      context.globalAlpha = alpha;
      context.fillStyle = context.strokeStyle = this.ui.color(color);
      context.beginPath();
      context.roundRect(x - 0.26 * unit, y - 0.12 * unit, 0.52 * unit, 0.24 * unit, 5);
      context.fill();
      context.lineWidth = Math.max(4, 0.065 * unit);
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x + Math.sin(angle) * unit, y - Math.cos(angle) * unit);
      context.stroke();
      context.globalAlpha = 1;
      context.fillStyle = this.ui.color("background");
      context.beginPath();
      context.arc(x, y, Math.max(2.5, 0.03 * unit), 0, 7);
      context.fill();
    }

    drawWords() {
      const {context, width} = this.view;
      const {color} = this.ui;
      const truth = this.loop.settings.model === "truth";
      context.font = `13px ${FONT}`;
      context.textBaseline = "top";
      let x = 2;
      const entry = (words, shade, wide) => {
        context.strokeStyle = shade;
        context.lineWidth = wide;
        context.beginPath();
        context.moveTo(x, 12);
        context.lineTo(x + 16, 12);
        context.stroke();
        context.fillStyle = color("quiet");
        context.fillText(words, x + 22, 5);
        x += 22 + context.measureText(words).width + 16;
      };
      entry("candidates", color("blue"), 1.5);
      entry("the plan", color("orange"), 3);
      entry(truth || width < 420 ? "its truth" : "what would come of it", color("green"), 3);
      if (this.loop.off > 0) this.drawNotice("The cart left its track. It starts again.");
    }

    drawNotice(words) {
      const {context, width} = this.view;
      context.font = `600 15px ${FONT}`;
      context.textAlign = "center";
      context.fillStyle = this.ui.color("text");
      context.fillText(words, width / 2, 34);
      context.textAlign = "start";
    }
  }

  // ---------------------------------------------------------------- the charts

  // A small chart with a title; its lines are drawn from left (0) to right (1), between two values.
  class Chart {
    constructor(ui, label, title, [low, high], ticks) {
      Object.assign(this, {ui, title, low, high, ticks});
      this.view = ui.canvas({
        label, width: 380, height: 130, fluid: true, aspect: () => 130,
      });
    }

    get left() {
      return 42;
    }

    x(share) {
      return this.left + share * (this.view.width - this.left - 6);
    }

    y(value) {
      const bottom = this.view.height - 22;
      const clipped = Math.min(this.high, Math.max(this.low, value));
      return bottom - ((clipped - this.low) / (this.high - this.low)) * (bottom - 30);
    }

    begin() {
      const {context, width, height} = this.view;
      context.clearRect(0, 0, width, height);
      context.lineJoin = context.lineCap = "round";
      context.font = `600 13px ${FONT}`;
      context.textBaseline = "top";
      context.fillStyle = this.ui.color("text");
      context.fillText(this.title, 0, 2);
      context.font = `12px ${FONT}`;
      context.textBaseline = "middle";
      context.textAlign = "right";
      context.strokeStyle = this.ui.color("line");
      context.fillStyle = this.ui.color("quiet");
      context.lineWidth = 1;
      for (const [value, words] of this.ticks) {
        context.beginPath();
        context.moveTo(this.left, this.y(value));
        context.lineTo(width - 6, this.y(value));
        context.stroke();
        context.fillText(words, this.left - 6, this.y(value));
      }
      context.textAlign = "start";
    }

    words(share, text, align) {
      const {context, height} = this.view;
      context.fillStyle = this.ui.color("quiet");
      context.textAlign = align;
      context.fillText(text, this.x(share), height - 8);
      context.textAlign = "start";
    }

    line(count, shareOf, valueOf, color, wide, alpha = 1) {
      const {context} = this.view;
      context.globalAlpha = alpha;
      context.strokeStyle = this.ui.color(color);
      context.lineWidth = wide;
      context.beginPath();
      for (let i = 0; i < count; i++) context.lineTo(this.x(shareOf(i)), this.y(valueOf(i)));
      context.stroke();
      context.globalAlpha = 1;
    }
  }

  // The height of the tip: what was, what the plan expects, what would come of it.
  class Unfolding extends Chart {
    constructor(ui, loop) {
      super(
        ui, "The height of the pole's tip over time: past, plan, and what would come of the plan.",
        "Height of the tip", [-1.05, 1.05], [[1, "up"], [-1, "down"]],
      );
      this.loop = loop;
    }

    draw() {
      this.begin();
      const {loop} = this;
      const {heights, preview, taken, time} = loop;
      const past = Math.min(time, HISTORY);
      const span = HISTORY + 50; // steps that the chart is wide
      const now = HISTORY / span;
      const start = HISTORY - Math.max(0, taken); // where the plan began
      this.line(
        past, (i) => (HISTORY - past + 1 + i) / span, (i) => heights[(time - past + i) % HISTORY],
        "text", 2,
      );
      if (taken < 0) return;
      const share = (h) => (start + h) / span;
      const count = preview.horizon + 1;
      this.line(count, share, (h) => preview.truth[h * SIZE + 2], "green", 2);
      this.line(count, share, (h) => preview.mean[h * SIZE + 2], "orange", 2);
      this.words(0, "5 s ago", "left");
      this.words(now, "now", "center");
      this.words(1, "+2 s", "right");
    }
  }

  // How far the plan is from what would come of it, the farther ahead the farther.
  class Compounding extends Chart {
    constructor(ui, loop) {
      super(
        ui, "The error of the plan, step by step, of each member and of their mean.",
        "Error of the plan, metres", [0, 2], [[0, "0"], [1, "1"], [2, "2"]],
      );
      this.loop = loop;
    }

    draw() {
      this.begin();
      const {preview, taken} = this.loop;
      if (taken < 0) return;
      const count = preview.horizon + 1;
      const share = (h) => h / 50;
      if (preview.members > 1) {
        for (let m = 0; m < preview.members; m++) {
          const path = preview.paths[m];
          this.line(count, share, (h) => preview.error(path, h), "orange", 1, 0.55);
        }
      }
      this.line(count, share, (h) => preview.error(preview.mean, h), "orange", 2.5);
      this.words(0, "now", "left");
      this.words(0.4, "20 steps", "center");
      this.words(1, "50 steps ahead", "right");
    }
  }

  // ---------------------------------------------------------------- the demo

  function readTensors(weights, model) {
    const entries = Object.entries(weights.planner.tensors);
    const own = entries.filter(([name]) => name.startsWith(`${model}.`));
    return Object.fromEntries(
      own.map(([name, entry]) => [name.slice(model.length + 1), Demos.tensor(entry)]),
    );
  }

  function addControls(ui, settings, change, push) {
    let members;
    const set = (name) => (value) => {
      settings[name] = value;
      change();
    };
    ui.row(() => {
      ui.button({label: "Push the pole", press: () => push()});
      ui.toggle({
        label: "Replan at every step", value: settings.replan, change: set("replan"),
      });
    });
    ui.row(() => {
      ui.choice({
        label: "Model", value: settings.model, options: Object.entries(NAMES),
        change: (model) => {
          members.enable(model !== "truth"); // there is but one truth
          set("model")(model);
        },
      });
      ui.choice({
        label: "Planner", value: settings.method, change: set("method"),
        options: [["shoot", "random shooting"], ["cem", "cross-entropy"]],
      });
    });
    ui.row(() => {
      ui.slider({
        label: "Horizon H", min: 2, max: 50, value: settings.horizon, change: set("horizon"),
        format: (h) => `${h} steps, ${(h * STEP).toFixed(1)} s`,
      });
      ui.slider({
        label: "Candidates K", min: 10, max: 500, step: 10, value: settings.candidates,
        change: set("candidates"),
      });
      members = ui.slider({
        label: "Members", min: 1, max: 5, value: settings.members, change: set("members"),
      });
    });
  }

  function build(ui, weights) {
    const engine = new NN.Engine();
    const models = {truth: new Planner.Truth()};
    for (const name of ["little", "much"]) {
      models[name] = new Planner.Ensemble(engine, readTensors(weights, name));
    }
    const settings = {
      model: "much", method: "cem", horizon: 25, candidates: 300, members: 5, replan: true,
    };
    const loop = new Planner.Loop(models, settings);
    let side = -1;
    let rest = 0; // s that have passed since the last step

    function push(to = (side = -side)) {
      loop.push(to);
      ui.announce(to > 0 ? "The pole is pushed to the right." : "The pole is pushed to the left.");
    }

    function change() {
      loop.forget();
      loop.think();
    }

    const scene = new Scene(ui, loop, push);
    const charts = [];
    ui.row(() => charts.push(new Unfolding(ui, loop), new Compounding(ui, loop)), {where: "scene"});
    let score, cost;
    ui.row(() => {
      score = ui.output({label: "Mean reward, last 5 s:"});
      cost = ui.output({label: "One plan takes"});
    }, {where: "scene"});
    addControls(ui, settings, change, push);
    loop.think();

    return {
      loop,
      stepSeconds: STEP,
      // At most one step a frame: where planning is slow, time is slow and the page stays alive.
      frame(seconds) {
        rest += seconds;
        if (rest < STEP - 1e-9) return;
        rest = Math.min(rest - STEP, STEP);
        const falls = loop.falls;
        loop.step();
        if (loop.falls > falls) ui.announce("The cart left its track. It starts again.");
      },
      draw() {
        scene.draw(Math.min(1, rest / STEP));
        charts.forEach((chart) => chart.draw());
        score.set(`${loop.score().toFixed(2)} of 1`);
        cost.set(`${loop.milliseconds.toFixed(0)} ms`);
      },
      reset() {
        rest = 0;
        loop.reset();
        loop.think();
      },
    };
  }

  Demos.define("planner", {weights: ["planner"], build});
})();

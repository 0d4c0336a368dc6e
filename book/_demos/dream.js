// needs: nn.js pictures.js
// The dream: the car drives inside the model. Nothing here knows the physics of a car.
"use strict";

Demos.define("dream", {
  weights: ["decoder", "vae", "dream"],

  build(ui, weights) {
    const {meta} = weights.dream;
    const real = Pictures.tensors(weights.vae);
    const learnt = Pictures.tensors(weights.dream);
    const [frames, means] = [Pictures.rows(real.frames), Pictures.rows(real.mean)];
    const [outputs, cells] = [Pictures.rows(learnt.h), Pictures.rows(learnt.c)];
    const engine = new NN.Engine();
    const decoder = new NN.Decoder(engine, Pictures.tensors(weights.decoder));
    const memory = new NN.Memory(engine, learnt, meta);
    const picture = document.createElement("canvas");
    const latents = meta.latent;

    const held = {ArrowLeft: false, ArrowRight: false, ArrowUp: false, ArrowDown: false};
    const drives = []; // {temperature, earned, agent}: stretches of 100 decisions
    const STRETCH = 100;
    // The reader's hands. The agent's gas is 0.15 in the mean: with much more M has seen few bends
    // taken, and dreams that the car leaves the road.
    const [ROLL, GAS, BRAKE, STEER, TURN] = [0.08, 0.25, 0.6, 0.7, 0.25];
    let start = 0;
    let now; // what the dream holds, made anew by `fallAsleep`
    let gliding = false; // whether the last frame came without a decision

    function fallAsleep() {
      memory.reset(outputs[start], cells[start]);
      const z = Float32Array.from(means[start]);
      now = {
        z, before: z, shown: Float32Array.from(z),
        share: 1, // how far the picture has come from `before` to `z`
        action: [0, 0, 0], steer: 0,
        expected: null, // M's mean and spread of what z is now
        decisions: 0, earned: 0, stretch: newStretch(),
        luck: NN.luck(start + 1), // the same start and the same driving: the same dream
      };
    }

    const newStretch = () => ({decisions: 0, earned: 0, mixed: false});

    // --- what there is to see ------------------------------------------------------------------

    const views = {};
    const scene = ui.row(() => {
      const left = ui.row(() => {
        views.road = ui.canvas({
          label: "The road as the model dreams it. Focus it to steer with the arrow keys; "
            + "Escape leaves.",
          width: 512, height: 512, keys: steeringKeys(),
        });
      });
      left.className = "demo-road";
      left.append(pads());
      const right = ui.row(() => {
        views.z = ui.canvas({
          label: "Bars: the 32 numbers of z now, and what M expected",
          width: 400, height: 190, fluid: true, aspect: () => 190,
        });
        views.drives = ui.canvas({
          label: "Points: what each stretch of 100 decisions earned, over its temperature",
          width: 400, height: 210, fluid: true, aspect: () => 210,
        });
        ui.row(() => {
          views.earned = ui.output({label: "Return so far:"});
          views.time = ui.output({label: "Asleep for"});
        });
      });
      right.className = "demo-beside";
    }, {where: "scene"});
    scene.className = "demo-dream";

    // --- controls ------------------------------------------------------------------------------

    let temperature, driver, slow;
    ui.row(() => {
      temperature = ui.slider({
        label: "Temperature τ", min: 0.1, max: 1.5, step: 0.05, value: 0.5,
        format: (v) => v.toFixed(2), change: mixStretch,
      });
      driver = ui.choice({
        label: "Who drives", options: [["agent", "The agent"], ["you", "You"]], value: "agent",
        change: (who) => {
          mixStretch();
          ui.announce(
            who === "you" ? "You drive: arrow keys on the picture, or the buttons below it"
              : "The agent drives",
          );
        },
      });
      slow = ui.toggle({label: "Slow motion"});
    }, {where: "scene"}).classList.add("demo-steer");
    const strip = Pictures.strip({
      label: "Fall asleep in another real frame", pictures: frames.slice(0, meta.starts),
      side: decoder.side,
      change: (i) => {
        start = i;
        reset();
        draw();
      },
    });
    ui.row(() => {}).append(strip.element);

    function mixStretch() {
      now.stretch.mixed = true; // of two temperatures or drivers: it says nothing of either
    }

    function press(key, down) {
      held[key] = down;
      if (down && driver.value !== "you") driver.set("you");
    }

    function steeringKeys() {
      return Object.fromEntries(Object.keys(held).map((key) => [key, (down) => press(key, down)]));
    }

    // Four buttons to hold down with a finger or a mouse. One that is pressed by a keyboard or by
    // other means has no duration, and counts for a third of a second.
    function pads() {
      const box = document.createElement("div");
      box.className = "demo-pads";
      const faces = {
        ArrowLeft: ["←", "Steer left"], ArrowUp: ["↑", "Gas"],
        ArrowDown: ["↓", "Brake"], ArrowRight: ["→", "Steer right"],
      };
      for (const [key, [face, label]] of Object.entries(faces)) {
        const button = document.createElement("button");
        Object.assign(button, {type: "button", className: "demo-button", textContent: face});
        button.setAttribute("aria-label", label);
        const hold = (down) => (event) => {
          if (down) button.setPointerCapture(event.pointerId);
          if (down || held[key]) press(key, down);
        };
        button.addEventListener("pointerdown", hold(true));
        for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, hold(false));
        button.addEventListener("contextmenu", (event) => event.preventDefault());
        button.addEventListener("click", (event) => {
          if (event.detail > 0) return;
          press(key, true);
          setTimeout(() => press(key, false), 333);
        });
        box.append(button);
      }
      return box;
    }

    // --- the dream -----------------------------------------------------------------------------

    function decide() {
      if (driver.value === "agent") {
        const {controller_weight: weight, controller_bias: bias} = learnt;
        return NN.drive(weight.data, bias.data, now.z, memory.h.data);
      }
      const wanted = STEER * (held.ArrowRight - held.ArrowLeft);
      now.steer += Math.min(TURN, Math.max(-TURN, wanted - now.steer)); // hands need their time
      const gas = held.ArrowDown ? 0 : held.ArrowUp ? GAS : ROLL;
      return [now.steer, gas, held.ArrowDown ? BRAKE : 0];
    }

    function dreamOn() {
      now.action = decide();
      memory.step(now.z, now.action);
      const prediction = memory.prediction();
      const tau = temperature.value;
      const uniform = Float32Array.from(now.z, () => now.luck.uniform());
      const normal = Float32Array.from(now.z, () => now.luck.normal());
      now.before = now.z;
      now.z = NN.drawMixture(prediction, uniform, normal, tau);
      now.expected = NN.expectation(prediction, tau);
      now.decisions++;
      now.earned += prediction.reward;
      count(now.stretch, prediction.reward);
    }

    function count(stretch, reward) {
      stretch.decisions++;
      stretch.earned += reward;
      if (stretch.decisions < STRETCH) return;
      if (!stretch.mixed) {
        const agent = driver.value === "agent";
        drives.push({temperature: temperature.value, earned: stretch.earned, agent});
      }
      now.stretch = newStretch();
    }

    const pace = () => meta.decisions_per_second * (slow.value ? 0.4 : 1); // decisions a second

    // Between two decisions the picture glides from one z to the next.
    function frame(seconds) {
      now.share += seconds * pace();
      gliding = true;
      while (now.share > 1 + 1e-6) {
        dreamOn();
        now.share -= 1;
        gliding = false;
      }
    }

    // --- drawing -------------------------------------------------------------------------------

    function draw() {
      for (let i = 0; i < latents; i++) {
        now.shown[i] = now.before[i] + now.share * (now.z[i] - now.before[i]);
      }
      NN.paint(decoder.decode(now.shown), decoder.side, picture);
      Pictures.show(views.road, picture);
      drawAction();
      if (gliding) {
        gliding = false;
        return; // numbers and charts change with decisions only
      }
      drawLatents();
      drawDrives();
      views.earned.set(now.earned.toFixed(0).replace("-", "−"));
      views.time.set(`${(now.decisions / meta.decisions_per_second).toFixed(1)} s`);
    }

    // At the lower edge: the steering as a dash from the middle; gas and brake at its sides.
    function drawAction() {
      const {context, width, height} = views.road;
      const [steer, gas, brake] = now.action;
      const bar = (x, y, wide, high, fill) => {
        context.fillStyle = fill;
        context.fillRect(x, y, wide, high);
      };
      bar(0, height - 34, width, 34, "rgb(16 22 28 / 62%)");
      context.font = "600 15px system-ui, sans-serif";
      context.textBaseline = "middle";
      context.textAlign = "left";
      context.fillStyle = "#fff";
      const y = height - 17;
      context.fillText("brake", 14, y);
      context.textAlign = "right";
      context.fillText("gas", width - 14, y);
      const track = "rgb(255 255 255 / 28%)";
      const long = width / 4;
      bar(66, y - 4, 70, 8, track);
      bar(66, y - 4, 70 * brake, 8, "#ff8a6b");
      bar(width - 122, y - 4, 70, 8, track);
      bar(width - 122, y - 4, 70 * gas, 8, "#8fe3b0");
      bar(width / 2 - long / 2, y - 4, long, 8, track);
      bar(width / 2, y - 4, (long / 2) * steer, 8, "#ffffff");
      bar(width / 2 - 1, y - 7, 2, 14, "#ffffff");
    }

    const order = weights.vae.meta.order;

    function drawLatents() {
      const {context, width, height} = views.z;
      context.clearRect(0, 0, width, height);
      title(context, "z now, and what M expected");
      const [top, bottom] = [30, height - 22];
      const middle = (top + bottom) / 2;
      const unit = (bottom - top) / 7; // from -3.5 to 3.5
      const step = width / latents;
      context.fillStyle = ui.color("line");
      context.fillRect(0, middle - 0.5, width, 1);
      order.forEach((latent, i) => {
        const x = i * step;
        if (now.expected) {
          const {mean, std} = now.expected;
          context.fillStyle = ui.color("orange");
          context.globalAlpha = 0.32;
          const high = limit(mean[latent] + std[latent]);
          const low = limit(mean[latent] - std[latent]);
          context.fillRect(x + 1, middle - high * unit, step - 2, (high - low) * unit);
          context.globalAlpha = 1;
        }
        context.fillStyle = ui.color("blue");
        const value = limit(now.z[latent]);
        const wide = Math.max(3, step * 0.4);
        context.fillRect(x + (step - wide) / 2, middle, wide, -value * unit);
      });
      note(context, "what changes the picture most comes first", 0, height - 3, "left");
    }

    const limit = (value) => Math.min(3.5, Math.max(-3.5, value));

    function drawDrives() {
      const {context, width, height} = views.drives;
      context.clearRect(0, 0, width, height);
      title(context, `return of ${STRETCH} decisions, over τ`);
      const [left, right, top, bottom] = [34, width - 8, 50, height - 22];
      const most = Math.max(200, ...drives.map((each) => each.earned));
      const least = Math.min(0, ...drives.map((each) => each.earned));
      const across = (tau) => left + ((right - left) * tau) / 1.5;
      const up = (earned) => bottom - ((bottom - top) * (earned - least)) / (most - least);
      context.fillStyle = ui.color("line");
      for (const earned of [0, 100, 200]) {
        context.fillRect(left, up(earned) - 0.5, right - left, 1);
        note(context, `${earned}`, left - 6, up(earned) + 5, "right");
      }
      for (const tau of [0.1, 0.5, 1, 1.5]) {
        note(context, `${tau}`, Math.min(across(tau), right - 8), height - 3, "center");
      }
      context.fillStyle = ui.color("line");
      context.fillRect(across(temperature.value) - 1, top, 2, bottom - top);
      for (const {temperature: tau, earned, agent} of drives.slice(-200)) {
        dot(context, across(tau), up(earned), ui.color(agent ? "blue" : "orange"));
      }
      note(context, "● the agent", left, 37, "left", "blue");
      note(context, "● you", left + 90, 37, "left", "orange");
    }

    function dot(context, x, y, fill) {
      context.fillStyle = fill;
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.fill();
    }

    function title(context, text) {
      context.textBaseline = "alphabetic";
      context.font = "600 14px system-ui, sans-serif";
      context.textAlign = "left";
      context.fillStyle = ui.color("text");
      context.fillText(text, 0, 16);
    }

    function note(context, text, x, y, align, color = "quiet") {
      const before = context.fillStyle;
      context.textBaseline = "alphabetic";
      context.font = "13px system-ui, sans-serif";
      context.textAlign = align;
      context.fillStyle = ui.color(color);
      context.fillText(text, x, y);
      context.fillStyle = before;
    }

    function reset() {
      Object.keys(held).forEach((key) => { held[key] = false; });
      fallAsleep();
    }

    fallAsleep();
    return {
      frame, draw, reset,
      get stepSeconds() { return 1 / pace(); }, // one decision
      state: () => now, drives, // for tests
    };
  },
});

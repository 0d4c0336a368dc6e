// What all demos share: starting and stopping, controls, canvases, colours, weights.
//
// A demo is a script that calls
//   Demos.define("name", {weights: ["name"], build(ui, weights) { return {frame, draw, reset}; }});
// The page holds <section class="demo" data-demo="name"> with a still picture and a Start button.
// Nothing is built and no weights are loaded before the reader presses Start.
//
// build returns an object with
//   draw()          paints everything; called after each frame, change, resize and change of theme
//   frame(seconds)  optional: time passes; without it there is nothing to start, pause or step;
//                   it returns false when it has come to an end, and then pauses
//   reset()         optional: back to the beginning
//   stepSeconds     optional: how much time one press of Step lets pass (0.05)
"use strict";

window.Demos = (() => {
  const LONGEST_FRAME = 0.1; // s: after a pause of the browser the world does not jump
  const base = new URL(".", document.currentScript.src); // the folder of this script
  const definitions = new Map();
  const arrived = new Map(); // weights, by name
  const loading = new Map(); // promises of weights, by name

  // ---------------------------------------------------------------- small helpers

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  let serial = 0;
  const newId = (what) => `demo-${what}-${++serial}`;

  function prefersStillness() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  // ---------------------------------------------------------------- colours

  const OF_THEME = {
    text: "--pst-color-text-base",
    background: "--pst-color-background",
    line: "--mbrl-line",
    quiet: "--mbrl-quiet",
    wash: "--mbrl-wash",
  };
  const WITHOUT_THEME = {
    text: "#22272e", background: "#ffffff", line: "#d9dde3", quiet: "#555d68", wash: "#f5f7f9",
    blue: "#2f7fb5", orange: "#d1741f", green: "#2f9470", pink: "#c05a94", violet: "#7d6bc4",
    grey: "#868e99",
  };
  let known = new Map(); // reading a style is slow, and colours change with the theme only

  function color(name) {
    if (!known.has(name)) {
      const style = getComputedStyle(document.documentElement);
      const value = style.getPropertyValue(OF_THEME[name] || `--mbrl-${name}`).trim();
      known.set(name, value || WITHOUT_THEME[name] || WITHOUT_THEME.text);
    }
    return known.get(name);
  }

  // ---------------------------------------------------------------- weights

  function weights(name, data) {
    arrived.set(name, data);
  }

  function load(name) {
    if (arrived.has(name)) return Promise.resolve(arrived.get(name));
    if (!loading.has(name)) {
      const promise = new Promise((done, failed) => {
        const script = element("script", {src: new URL(`weights/${name}.js`, base).href});
        script.onload = () => {
          if (arrived.has(name)) done(arrived.get(name));
          else failed(new Error(`${name}.js holds no weights`));
        };
        script.onerror = () => failed(new Error(`${name}.js cannot be read`));
        document.head.append(script);
      });
      promise.catch(() => loading.delete(name)); // so that trying again tries
      loading.set(name, promise);
    }
    return loading.get(name);
  }

  function bytesOf(base64) {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }

  function fromFloat16(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }

  // {shape, dtype, data: base64} -> {shape, data}: Float32Array, or Uint8Array, or Int8Array.
  function tensor(entry) {
    const bytes = bytesOf(entry.data);
    const view = new DataView(bytes.buffer);
    let data;
    if (entry.dtype === "uint8") {
      data = bytes;
    } else if (entry.dtype === "int8") {
      data = new Int8Array(bytes.buffer);
    } else if (entry.dtype === "float16") {
      data = new Float32Array(bytes.length / 2);
      for (let i = 0; i < data.length; i++) data[i] = fromFloat16(view.getUint16(2 * i, true));
    } else if (entry.dtype === "float32") {
      data = new Float32Array(bytes.length / 4);
      for (let i = 0; i < data.length; i++) data[i] = view.getFloat32(4 * i, true);
    } else {
      throw new Error(`unknown type ${entry.dtype}`);
    }
    const size = entry.shape.reduce((a, b) => a * b, 1);
    if (data.length !== size) throw new Error(`${data.length} numbers for shape ${entry.shape}`);
    return {shape: entry.shape, data};
  }

  // ---------------------------------------------------------------- controls

  // What a demo builds itself from. `changed` is called after every change the reader makes.
  function makeInterface(scene, panel, live, changed) {
    const controls = {}; // by label, for tests
    const canvases = [];
    let place = panel;

    function keep(label, control) {
      controls[label] = control;
      return control;
    }

    function slider({label, min, max, step = 1, value, format = String, change}) {
      const input = element("input", {type: "range", id: newId("slider"), min, max, step});
      const output = element("output", {for: input.id});
      input.value = value;
      const show = () => {
        output.textContent = format(Number(input.value));
        input.setAttribute("aria-valuetext", output.textContent);
      };
      const control = {
        input,
        // A slider that does nothing now: it stays in sight, greyed, and keeps its value.
        enable(on) { input.disabled = !on; },
        get value() { return Number(input.value); },
        set(v) {
          input.value = v;
          show();
          if (change) change(control.value);
          changed();
        },
      };
      input.addEventListener("input", () => control.set(input.value));
      show();
      place.append(
        element(
          "div", {class: "demo-slider"},
          element("label", {for: input.id}, label), output, input,
        ),
      );
      return keep(label, control);
    }

    function choice({label, options, value, change}) {
      const group = element("fieldset", {class: "demo-choice"}, element("legend", {}, label));
      const choices = element("div", {class: "demo-options"});
      const name = newId("choice");
      const inputs = options.map(([own, text]) => {
        const input = element("input", {type: "radio", name, id: newId("option"), value: own});
        input.checked = own === value;
        input.addEventListener("change", () => control.set(own));
        choices.append(input, element("label", {for: input.id}, text));
        return input;
      });
      const control = {
        inputs,
        get value() {
          return options[inputs.findIndex((input) => input.checked)][0];
        },
        set(v) {
          inputs[options.findIndex(([own]) => own === v)].checked = true;
          if (change) change(v);
          changed();
        },
      };
      group.append(choices);
      place.append(group);
      return keep(label, control);
    }

    function toggle({label, value = false, change}) {
      const input = element("input", {type: "checkbox", id: newId("toggle"), role: "switch"});
      input.checked = value;
      const control = {
        input,
        get value() { return input.checked; },
        set(v) {
          input.checked = v;
          if (change) change(v);
          changed();
        },
      };
      input.addEventListener("change", () => control.set(input.checked));
      place.append(
        element("div", {class: "demo-toggle"}, input, element("label", {for: input.id}, label)),
      );
      return keep(label, control);
    }

    function button({label, press}) {
      const made = element("button", {type: "button", class: "demo-button"}, label);
      const control = {
        button: made,
        press() {
          press();
          changed();
        },
      };
      made.addEventListener("click", () => control.press());
      place.append(made);
      return keep(label, control);
    }

    function output({label}) {
      const value = element("span", {class: "demo-value"});
      place.append(
        element("p", {class: "demo-output"}, element("span", {}, `${label} `), value),
      );
      return keep(label, {
        set(text) {
          if (value.textContent !== String(text)) value.textContent = text;
        },
        get text() { return value.textContent; },
      });
    }

    // Everything that `build` makes goes into one row; `where: "scene"` puts it by the canvases.
    function row(build, {where = "controls"} = {}) {
      const before = place;
      const made = element("div", {class: "demo-row"});
      (where === "scene" ? scene : before).append(made);
      place = made;
      try {
        build();
      } finally {
        place = before;
      }
      return made;
    }

    function canvas(options) {
      const made = makeCanvas(options, changed);
      canvases.push(made);
      (place === panel ? scene : place).append(made.canvas);
      made.fit();
      return made.view;
    }

    const announce = (text) => {
      live.textContent = text;
    };
    return {
      api: {slider, choice, toggle, button, output, row, canvas, color, announce},
      controls,
      canvases,
    };
  }

  // A canvas of `width` x `height` units, sharp on every screen, narrower where the column is.
  // With `fluid` a unit stays one CSS pixel, so that text keeps its size: read `view.width` and
  // `view.height` in every draw. `aspect(width)` may then give the height for a width.
  function makeCanvas(options, changed) {
    const {label, width, height, keys, pointer, fluid = false, aspect, touch = "pan-y"} = options;
    const canvas = element("canvas", {
      class: "demo-canvas", role: keys ? "application" : "img", "aria-label": label,
      tabindex: keys ? "0" : undefined,
    });
    canvas.style.maxWidth = `${width}px`;
    const context = canvas.getContext("2d");
    const view = {canvas, context, width, height, scale: 1};

    function fit() {
      const wide = Math.min(width, canvas.clientWidth || width);
      const high = fluid && aspect ? aspect(wide) : (wide * height) / width;
      const ratio = window.devicePixelRatio || 1;
      canvas.style.aspectRatio = `${wide} / ${high}`;
      view.scale = fluid ? 1 : wide / width; // CSS pixels a unit
      if (fluid) [view.width, view.height] = [wide, high];
      const [across, down] = [Math.round(wide * ratio), Math.round(high * ratio)];
      if (canvas.width !== across || canvas.height !== down) {
        [canvas.width, canvas.height] = [across, down];
      }
      context.setTransform(across / view.width, 0, 0, down / view.height, 0, 0);
    }

    if (keys) listenToKeys(canvas, keys, changed);
    if (pointer) listenToPointer(canvas, view, pointer, touch, changed);
    return {canvas, view, fit};
  }

  function listenToKeys(canvas, keys, changed) {
    const held = new Set();
    const release = (key) => {
      if (held.delete(key)) keys[key](false);
    };
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        canvas.blur();
        return;
      }
      if (!Object.hasOwn(keys, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault(); // the page does not scroll while its arrows steer
      if (held.has(event.key)) return; // the keyboard repeats itself
      held.add(event.key);
      keys[event.key](true);
      changed();
    });
    canvas.addEventListener("keyup", (event) => {
      release(event.key);
      changed();
    });
    canvas.addEventListener("blur", () => [...held].forEach(release));
  }

  function listenToPointer(canvas, view, pointer, touch, changed) {
    canvas.style.touchAction = touch;
    const tell = (event, kind) => {
      const box = canvas.getBoundingClientRect();
      const x = ((event.clientX - box.left) * view.width) / box.width;
      const y = ((event.clientY - box.top) * view.height) / box.height;
      pointer(x, y, kind);
      changed();
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      tell(event, "down");
    });
    canvas.addEventListener("pointermove", (event) => tell(event, "move"));
    canvas.addEventListener("pointerup", (event) => tell(event, "up"));
    canvas.addEventListener("pointercancel", (event) => tell(event, "up"));
  }

  // ---------------------------------------------------------------- one demo in the page

  const instances = new Set();

  class Instance {
    constructor(section, name) {
      this.section = section;
      this.name = name;
      this.state = "ready"; // loading, running, paused, failed
      this.demo = null; // what build returned
      this.frames = 0;
      this.visible = true;
      this.stage = section.querySelector(".demo-stage");
      this.button = section.querySelector(".demo-start");
      this.button.hidden = false;
      this.button.addEventListener("click", () => this.start());
      instances.add(this);
    }

    get definition() {
      return definitions.get(this.name);
    }

    async start() {
      if (this.state !== "ready" && this.state !== "failed") return;
      this.say("");
      this.state = "loading";
      this.button.textContent = "Loading …";
      try {
        const names = this.definition.weights || [];
        const loaded = await Promise.all(names.map(load));
        this.build(Object.fromEntries(names.map((name, i) => [name, loaded[i]])));
      } catch (error) {
        this.fail(error);
        return;
      }
      if (this.demo.frame && !prefersStillness()) this.resume();
    }

    fail(error) {
      this.state = "failed";
      this.button.textContent = "Try again";
      this.say(`The demo could not be started: ${error.message}.`);
    }

    say(text) {
      this.message?.remove();
      this.message = null;
      if (!text) return;
      this.message = element("p", {class: "demo-message", role: "alert"}, text);
      this.section.querySelector(".demo-stage").append(this.message);
    }

    build(data) {
      const scene = element("div", {class: "demo-scene"});
      const panel = element("div", {class: "demo-controls"});
      const live = element("div", {class: "demo-live", "aria-live": "polite"});
      const body = element("div", {class: "demo-body"}, scene, panel, live);
      const still = this.stage.firstElementChild;
      still.replaceWith(body); // in the page first, so that canvases know their width
      try {
        const made = makeInterface(scene, panel, live, () => this.refresh());
        this.controls = made.controls;
        this.canvases = made.canvases;
        this.demo = this.definition.build(made.api, data);
        this.ui = made.api;
        this.state = "paused";
        this.addBar(scene);
      } catch (error) {
        body.replaceWith(still);
        throw error;
      }
      this.watch();
      this.refit();
      (this.playButton || panel.querySelector("input, button"))?.focus({preventScroll: true});
    }

    addBar(scene) {
      const bar = element("div", {class: "demo-bar"});
      const add = (text, press) => {
        const button = element("button", {type: "button", class: "demo-button"}, text);
        button.addEventListener("click", press);
        bar.append(button);
        return button;
      };
      if (this.demo.frame) {
        this.playButton = add("Play", () => this.toggle());
        add("Step", () => this.step());
      }
      if (this.demo.reset) add("Reset", () => this.reset());
      if (bar.children.length) scene.append(bar);
    }

    watch() {
      new IntersectionObserver((entries) => {
        this.visible = entries[entries.length - 1].isIntersecting;
        this.schedule();
      }).observe(this.stage);
      document.addEventListener("visibilitychange", () => this.schedule());
      new ResizeObserver(() => this.refit()).observe(this.stage);
    }

    refit() {
      for (const canvas of this.canvases) canvas.fit();
      this.demo.draw();
    }

    // Draw soon, once for however many changes; while running the next frame draws anyway.
    refresh() {
      if (!this.demo || this.state === "running" || this.drawing) return;
      this.drawing = requestAnimationFrame(() => {
        this.drawing = 0;
        this.demo.draw();
      });
    }

    toggle() {
      if (this.state === "running") this.pause();
      else this.resume();
    }

    resume() {
      if (this.state !== "paused" || !this.demo.frame) return;
      this.state = "running";
      this.playButton.textContent = "Pause";
      this.before = 0;
      this.schedule();
    }

    pause() {
      if (this.state !== "running") return;
      this.state = "paused";
      this.playButton.textContent = "Play";
    }

    step(seconds = this.demo.stepSeconds || 0.05) {
      this.pause();
      this.advance(seconds);
    }

    reset() {
      this.demo.reset();
      this.demo.draw();
    }

    schedule() {
      const wanted = this.state === "running" && this.visible && !document.hidden;
      if (!wanted || this.pending) return;
      this.pending = requestAnimationFrame((now) => {
        this.pending = 0;
        if (this.state !== "running" || !this.visible) {
          this.before = 0;
          return;
        }
        const passed = this.before ? (now - this.before) / 1000 : 1 / 60;
        this.before = now;
        this.advance(Math.min(passed, LONGEST_FRAME));
        this.schedule();
      });
    }

    advance(seconds) {
      if (this.demo.frame(seconds) === false) this.pause();
      this.demo.draw();
      this.frames++;
    }
  }

  function attach(section) {
    const name = section.dataset.demo;
    if (section.demo_instance || !definitions.has(name)) return;
    section.demo_instance = new Instance(section, name);
  }

  function define(name, definition) {
    definitions.set(name, definition);
    document.querySelectorAll(`section.demo[data-demo="${name}"]`).forEach(attach);
  }

  function repaint() {
    known = new Map();
    for (const instance of instances) if (instance.demo) instance.demo.draw();
  }

  new MutationObserver(repaint).observe(document.documentElement, {
    attributes: true, attributeFilter: ["data-theme"],
  });

  return {define, attach, weights, load, tensor, color};
})();

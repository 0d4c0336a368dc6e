// The planner demo without its pictures: a cart-pole, models of it, and plans made in them.
//
// A state is (x, x', cos, sin, angle'), angle 0 is up, as in mbrl_lib.envs.cartpole. The planners
// are the library's random shooting and cross-entropy method. Nothing is allocated in a plan.
"use strict";

const Planner = (() => {
  const SIZE = 5; // numbers in a state
  const INPUTS = SIZE + 1; // state and action
  const STEP = 0.04; // s; all other constants are the library's
  const GRAVITY = 9.8;
  const TOTAL_MASS = 1.1;
  const POLE_MASS = 0.1;
  const HALF_LENGTH = 0.5;
  const MAX_FORCE = 10;
  const TRACK = 2.4; // m, to each side
  const MAX_CANDIDATES = 500;
  const MAX_HORIZON = 50;
  const SHOWN = 40; // candidates that are drawn

  // ---------------------------------------------------------------- the world, and the reward

  // One explicit Euler step of the true dynamics, of the state that begins at `at`.
  function move(states, at, action, into, to) {
    const speed = states[at + 1];
    const cos = states[at + 2];
    const sin = states[at + 3];
    const turning = states[at + 4];
    const moment = POLE_MASS * HALF_LENGTH;
    const push = (action * MAX_FORCE + moment * turning * turning * sin) / TOTAL_MASS;
    const pole =
      (GRAVITY * sin - cos * push) /
      (HALF_LENGTH * (4 / 3 - (POLE_MASS * cos * cos) / TOTAL_MASS));
    const cart = push - (moment * pole * cos) / TOTAL_MASS;
    const angle = Math.atan2(sin, cos) + STEP * turning;
    into[to] = states[at] + STEP * speed;
    into[to + 1] = speed + STEP * cart;
    into[to + 2] = Math.cos(angle);
    into[to + 3] = Math.sin(angle);
    into[to + 4] = turning + STEP * pole;
  }

  // Height of the tip, less for a cart off the centre: in [0, 1].
  function rewardOf(states, at) {
    const upright = (1 + Math.min(1, Math.max(-1, states[at + 2]))) / 2;
    return upright * Math.exp(-(states[at] * states[at]) / 4);
  }

  const leftTrack = (states, at) => !(Math.abs(states[at]) <= TRACK); // NaN has left it too

  // ---------------------------------------------------------------- models

  // The true dynamics as a model with one member.
  class Truth {
    constructor() {
      this.members = 1;
      this.states = new Float64Array(MAX_CANDIDATES * SIZE);
    }

    // Moves the first `count` states, row k by `actions[first + k * stride]`.
    step(member, count, actions, first, stride) {
      for (let k = 0; k < count; k++) {
        move(this.states, k * SIZE, actions[first + k * stride], this.states, k * SIZE);
      }
    }
  }

  // SiLU, x / (1 + exp(-x)), read from a table: the straight line between two entries is off by
  // less than 1e-6, and four times as fast as the exponential.
  const EDGE = 20;
  const PER_UNIT = 512;
  const SILU = Float64Array.from({length: 2 * EDGE * PER_UNIT + 2}, (_, i) => {
    const x = i / PER_UNIT - EDGE;
    return x / (1 + Math.exp(-x));
  });

  function silu(data, length) {
    for (let i = 0; i < length; i++) {
      const x = data[i];
      if (x >= EDGE) continue;
      if (!(x > -EDGE)) {
        data[i] = x === x ? 0 : x;
        continue;
      }
      const place = (x + EDGE) * PER_UNIT;
      const entry = place | 0;
      data[i] = SILU[entry] + (place - entry) * (SILU[entry + 1] - SILU[entry]);
    }
  }

  // A layer for up to `rows` rows at once; the bias is laid under the products.
  class Layer {
    constructor(engine, weight, bias, inner, outer, input, rows) {
      this.engine = engine;
      this.matrix = engine.matrix(weight, inner, outer);
      this.width = this.matrix.width;
      this.input = input;
      this.bias = new Float32Array(rows * this.width);
      for (let row = 0; row < rows; row++) this.bias.set(bias, row * this.width);
      this.biases = []; // views of its first rows, by their number
    }

    run(rows, output) {
      this.biases[rows] ||= this.bias.subarray(0, rows * this.width);
      output.data.set(this.biases[rows]);
      this.engine.addProduct(this.input, this.matrix, output, rows);
    }
  }

  // The library's ensemble: each member predicts the change of the state by its mean.
  // `tensors`: weight_0 (E, 6, width), bias_0 (E, 1, width), ...; input_mean, input_std, target_*.
  class Ensemble {
    constructor(engine, tensors, rows = MAX_CANDIDATES) {
      this.members = tensors.weight_0.shape[0];
      this.states = new Float64Array(rows * SIZE);
      this.input = engine.block(rows * INPUTS);
      const count = Object.keys(tensors).filter((name) => name.startsWith("weight_")).length;
      const widths = Array.from({length: count}, (_, l) => tensors[`weight_${l}`].shape[2]);
      this.outputs = widths.map((width) => engine.block(rows * 8 * Math.ceil(width / 8)));
      this.networks = Array.from({length: this.members}, (_, member) =>
        widths.map((width, l) => {
          const input = l ? this.outputs[l - 1] : this.input;
          const {weight, bias, inner} = rawLayer(tensors, member, l, count);
          return new Layer(engine, weight, bias, inner, width, input, rows);
        }),
      );
      this.last = count - 1;
    }

    // Moves the first `count` states by one member, row k by `actions[first + k * stride]`.
    step(member, count, actions, first, stride) {
      const {states, networks, outputs, last} = this;
      const input = this.input.data;
      for (let k = 0, from = 0, to = 0; k < count; k++) {
        for (let i = 0; i < SIZE; i++) input[to++] = states[from++];
        input[to++] = actions[first + k * stride];
      }
      const layers = networks[member];
      for (let l = 0; l <= last; l++) {
        layers[l].run(count, outputs[l]);
        if (l < last) silu(outputs[l].data, count * layers[l].width);
      }
      const change = outputs[last].data;
      const width = layers[last].width;
      for (let k = 0; k < count; k++) {
        for (let i = 0; i < SIZE; i++) states[k * SIZE + i] += change[k * width + i];
      }
    }
  }

  // A member's layer for inputs and outputs in their own units: the normalisers are part of the
  // first and the last one, as in mbrl_lib.dynamics.FrozenEnsemble.
  function rawLayer(tensors, member, l, count) {
    const [, inner, outer] = tensors[`weight_${l}`].shape;
    const weight = Float64Array.from(
      tensors[`weight_${l}`].data.subarray(member * inner * outer, (member + 1) * inner * outer),
    );
    const bias = Float64Array.from(
      tensors[`bias_${l}`].data.subarray(member * outer, (member + 1) * outer),
    );
    if (l === 0) {
      for (let i = 0; i < inner; i++) {
        for (let o = 0; o < outer; o++) {
          weight[i * outer + o] /= tensors.input_std.data[i];
          bias[o] -= tensors.input_mean.data[i] * weight[i * outer + o];
        }
      }
    }
    if (l === count - 1) {
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < inner; i++) weight[i * outer + o] *= tensors.target_std.data[o];
        bias[o] = bias[o] * tensors.target_std.data[o] + tensors.target_mean.data[o];
      }
    }
    return {weight, bias, inner};
  }

  // ---------------------------------------------------------------- planners

  // Plans in a model: K sequences of H actions, rolled out by the first `members` members, each
  // by itself; the return of a sequence is the mean over members. Memory is taken once.
  class Search {
    constructor(luck) {
      this.luck = luck;
      this.actions = new Float64Array(MAX_CANDIDATES * MAX_HORIZON); // row k holds a sequence
      this.returns = new Float64Array(MAX_CANDIDATES);
      this.alive = new Uint8Array(MAX_CANDIDATES);
      this.elites = new Uint16Array(MAX_CANDIDATES);
      this.taken = new Uint8Array(MAX_CANDIDATES);
      this.mean = new Float64Array(MAX_HORIZON);
      this.std = new Float64Array(MAX_HORIZON);
      this.best = new Float64Array(MAX_HORIZON);
      this.bestReturn = -Infinity;
      this.horizon = 0;
      // where the tips of the drawn candidates go, the mean over members
      this.tipX = new Float64Array(SHOWN * (MAX_HORIZON + 1));
      this.tipY = new Float64Array(SHOWN * (MAX_HORIZON + 1));
      this.tipRow = MAX_HORIZON + 1;
      this.shown = 0;
    }

    // `warm`: whether `best` holds the rest of an older plan. The plan is then in `best`.
    plan(model, state, {method, candidates, horizon, members}, warm) {
      this.model = model;
      this.state = state;
      this.horizon = horizon;
      this.members = Math.min(members, model.members);
      this.bestReturn = -Infinity;
      this.shown = 0;
      this.tipX.fill(0);
      this.tipY.fill(0);
      if (method === "cem") this.crossEntropy(candidates, warm);
      else this.shoot(candidates, warm);
    }

    shoot(candidates, warm) {
      const {actions, horizon, luck} = this;
      for (let i = 0; i < candidates * horizon; i++) actions[i] = 2 * luck.uniform() - 1;
      if (warm) for (let h = 0; h < horizon; h++) actions[h] = this.best[h];
      this.evaluate(candidates, SHOWN);
      this.keepBest(candidates);
    }

    // Three rounds of K / 3 sequences: as many rollouts as random shooting has.
    crossEntropy(candidates, warm) {
      const {mean, std, best, horizon} = this;
      const rounds = 3;
      const each = Math.max(2, Math.floor(candidates / rounds));
      const elites = Math.max(2, Math.floor(each / 10));
      for (let h = 0; h < horizon; h++) {
        mean[h] = warm ? best[h] : 0;
        std[h] = 1;
      }
      for (let round = 0; round < rounds; round++) {
        this.draw(each);
        this.evaluate(each, Math.floor(SHOWN / rounds));
        this.keepBest(each);
        this.refit(each, elites);
      }
    }

    draw(count) {
      const {actions, mean, std, horizon, luck} = this;
      for (let k = 0; k < count; k++) {
        for (let h = 0; h < horizon; h++) {
          const value = mean[h] + std[h] * luck.normal();
          actions[k * horizon + h] = Math.min(1, Math.max(-1, value));
        }
      }
    }

    chooseElites(count, number) {
      const {returns, taken, elites} = this;
      taken.fill(0, 0, count);
      for (let e = 0; e < number; e++) {
        let leader = -1;
        for (let k = 0; k < count; k++) {
          if (!taken[k] && (leader < 0 || returns[k] > returns[leader])) leader = k;
        }
        taken[leader] = 1;
        elites[e] = leader;
      }
    }

    refit(count, number) {
      const {actions, mean, std, elites, horizon} = this;
      this.chooseElites(count, number);
      for (let h = 0; h < horizon; h++) {
        let sum = 0;
        let squares = 0;
        for (let e = 0; e < number; e++) sum += actions[elites[e] * horizon + h];
        const centre = sum / number;
        for (let e = 0; e < number; e++) {
          squares += (actions[elites[e] * horizon + h] - centre) ** 2;
        }
        mean[h] = 0.1 * mean[h] + 0.9 * centre;
        std[h] = Math.max(0.02, 0.1 * std[h] + 0.9 * Math.sqrt(squares / number));
      }
    }

    keepBest(count) {
      const {actions, returns, horizon} = this;
      for (let k = 0; k < count; k++) {
        if (!(returns[k] > this.bestReturn)) continue;
        this.bestReturn = returns[k];
        for (let h = 0; h < horizon; h++) this.best[h] = actions[k * horizon + h];
      }
    }

    // The returns of the first `count` sequences, and the paths of the first `drawn` among them.
    evaluate(count, drawn) {
      const {model, state, returns, alive, horizon, members} = this;
      returns.fill(0, 0, count);
      const from = this.shown;
      this.shown += Math.min(drawn, count);
      for (let member = 0; member < members; member++) {
        for (let k = 0; k < count; k++) {
          for (let i = 0; i < SIZE; i++) model.states[k * SIZE + i] = state[i];
        }
        alive.fill(1, 0, count);
        this.markTips(from, 0);
        for (let h = 0; h < horizon; h++) {
          this.stepAll(member, h, count);
          this.markTips(from, h + 1);
        }
      }
      for (let k = 0; k < count; k++) {
        returns[k] /= members;
        if (!Number.isFinite(returns[k])) returns[k] = -Infinity;
      }
    }

    stepAll(member, h, count) {
      const {model, returns, alive, horizon, actions} = this;
      model.step(member, count, actions, h, horizon);
      for (let k = 0; k < count; k++) {
        if (!alive[k]) continue;
        returns[k] += rewardOf(model.states, k * SIZE);
        if (leftTrack(model.states, k * SIZE)) alive[k] = 0;
      }
    }

    markTips(from, h) {
      const {states} = this.model;
      for (let k = from; k < this.shown; k++) {
        const at = (k - from) * SIZE;
        const place = k * this.tipRow + h;
        this.tipX[place] += (states[at] + states[at + 3]) / this.members;
        this.tipY[place] += states[at + 2] / this.members;
      }
    }
  }

  // ---------------------------------------------------------------- the one plan that is followed

  // What the members say of a sequence of actions, and what would really come of it. Row 0 of a
  // path is where it starts, `at(h)` where row h begins.
  class Preview {
    constructor() {
      const rows = MAX_HORIZON + 1;
      this.horizon = 0;
      this.members = 0;
      this.paths = Array.from({length: 8}, () => new Float64Array(rows * SIZE));
      this.mean = new Float64Array(rows * SIZE);
      this.truth = new Float64Array(rows * SIZE);
    }

    look(model, members, state, actions, horizon) {
      this.horizon = horizon;
      this.members = Math.min(members, model.members);
      this.mean.fill(0);
      for (let member = 0; member < this.members; member++) {
        const path = this.paths[member];
        for (let i = 0; i < SIZE; i++) model.states[i] = path[i] = state[i];
        for (let h = 0; h < horizon; h++) {
          model.step(member, 1, actions, h, 1);
          for (let i = 0; i < SIZE; i++) path[(h + 1) * SIZE + i] = model.states[i];
        }
        for (let i = 0; i < (horizon + 1) * SIZE; i++) this.mean[i] += path[i] / this.members;
      }
      this.unfold(state, actions);
    }

    unfold(state, actions) {
      for (let i = 0; i < SIZE; i++) this.truth[i] = state[i];
      for (let h = 0; h < this.horizon; h++) {
        move(this.truth, h * SIZE, actions[h], this.truth, (h + 1) * SIZE);
      }
    }

    // How far the tip is from where a path says it is after h steps, m.
    error(path, h) {
      const at = h * SIZE;
      const {truth} = this;
      const x = path[at] + path[at + 3] - truth[at] - truth[at + 3];
      return Math.hypot(x, path[at + 2] - truth[at + 2]);
    }
  }

  // ---------------------------------------------------------------- the control loop

  const HISTORY = 125; // steps that are remembered: 5 s
  const PUSH = 2; // rad/s

  // The cart-pole, whoever plans for it, and what has happened so far.
  class Loop {
    constructor(models, settings) {
      this.models = models;
      this.settings = settings;
      this.preview = new Preview();
      this.state = new Float64Array(SIZE);
      this.before = new Float64Array(SIZE);
      this.heights = new Float64Array(HISTORY);
      this.rewards = new Float64Array(HISTORY);
      this.reset();
    }

    reset() {
      this.luck = NN.luck(7);
      this.search = new Search(this.luck);
      this.falls = 0;
      this.plans = 0;
      this.time = 0; // steps since the reset
      this.restart();
    }

    restart() {
      const angle = Math.PI + 0.05;
      this.state.set([0, 0, Math.cos(angle), Math.sin(angle), 0]);
      this.before.set(this.state);
      this.off = 0; // steps to wait before a new start, once the track was left
      this.forget();
    }

    // The settings have changed: the old plan counts for nothing.
    forget() {
      this.taken = -1;
      this.warm = false;
    }

    get model() {
      return this.models[this.settings.model];
    }

    push(side) {
      this.state[4] += side * PUSH;
    }

    // Makes sure that there is a plan with an action left in it.
    think() {
      const {settings, search} = this;
      const spent = this.taken < 0 || this.taken >= search.horizon;
      if (!spent && !(settings.replan && this.taken > 0)) return;
      if (this.taken > 0) this.shift(this.taken);
      const started = performance.now();
      search.plan(this.model, this.state, settings, this.warm);
      this.milliseconds = performance.now() - started;
      this.preview.look(
        this.model, settings.members, this.state, search.best, search.horizon,
      );
      this.plans++;
      this.taken = 0;
      this.warm = true;
    }

    // The rest of the old plan, its last action repeated, is where the next search begins.
    shift(steps) {
      const {best, horizon} = this.search;
      const last = best[horizon - 1];
      for (let h = 0; h < horizon; h++) best[h] = h + steps < horizon ? best[h + steps] : last;
    }

    step() {
      if (this.off > 0) {
        if (--this.off === 0) this.restart();
        return;
      }
      this.think();
      this.before.set(this.state);
      move(this.before, 0, this.search.best[this.taken], this.state, 0);
      this.taken++;
      this.heights[this.time % HISTORY] = this.state[2];
      this.rewards[this.time % HISTORY] = rewardOf(this.state, 0);
      this.time++;
      if (leftTrack(this.state, 0)) {
        this.falls++;
        this.off = 25;
      }
    }

    // The mean reward of the steps that are remembered.
    score() {
      const count = Math.min(this.time, HISTORY);
      let sum = 0;
      for (let i = 0; i < count; i++) sum += this.rewards[i];
      return count ? sum / count : 0;
    }
  }

  return {Ensemble, Truth, Search, Preview, Loop, move, rewardOf, SIZE, STEP, TRACK, HISTORY};
})();

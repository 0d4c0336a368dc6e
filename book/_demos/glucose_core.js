// Virtual patients for a day, and who doses them: what the glucose demo computes, and nothing that
// it draws. A port of mbrl_lib/envs/glucose, in doubles: the model of 2008, sensor, rules, forecast
// by an identified linear model, and MPC with the cross-entropy method. See the chapter
// "Models are hard: diabetes", whose notation the names follow.
"use strict";

window.Glucose = (() => {
  const DAY = 1440; // minutes
  const CONTROL = 5; // minutes of a control step
  const STEPS = DAY / CONTROL;

  // ---------------------------------------------------------------- the model

  const [
    Q_STO1, Q_STO2, Q_GUT, G_P, G_T, I_P, X, I_1, I_D, I_L, I_SC1, I_SC2, G_S, SIZE,
  ] = Array(14).keys();
  const BIOAVAILABILITY = 0.9; // f, the share of eaten carbohydrate that appears in plasma
  const F_CNS = 1; // mg/kg/min
  const [K_E1, K_E2] = [0.0005, 339]; // 1/min, mg/kg: renal excretion and its threshold
  const PMOL_PER_UNIT = 6000;
  const EATING = 5; // g of carbohydrate a minute
  const SUBSTEPS = 2; // Runge-Kutta steps a minute

  // Rate at which the stomach empties, 1/min: fast when full and when nearly empty.
  function emptying(stomach, p, meal) {
    if (meal <= 0) return p.k_max;
    const alpha = 5 / (2 * meal * (1 - p.b));
    const beta = 5 / (2 * meal * p.c);
    const bend =
      Math.tanh(alpha * (stomach - p.b * meal)) - Math.tanh(beta * (stomach - p.c * meal)) + 2;
    return p.k_min + ((p.k_max - p.k_min) / 2) * bend;
  }

  // Change of the 13 states in a minute, into `dx`. Carbohydrate `eaten` in mg/min, `insulin` in
  // pmol/kg/min; `meal` is D in mg: what was in the stomach before, and what was eaten since.
  function derivative(x, p, eaten, insulin, meal, dx) {
    const empty = emptying(x[Q_STO1] + x[Q_STO2], p, meal);
    dx[Q_STO1] = -p.k_max * x[Q_STO1] + eaten;
    dx[Q_STO2] = p.k_max * x[Q_STO1] - empty * x[Q_STO2];
    dx[Q_GUT] = empty * x[Q_STO2] - p.k_abs * x[Q_GUT];

    const appearance = (BIOAVAILABILITY * p.k_abs * x[Q_GUT]) / p.body_weight;
    const production = Math.max(0, p.k_p1 - p.k_p2 * x[G_P] - p.k_p3 * x[I_D]);
    const excretion = Math.max(0, K_E1 * (x[G_P] - K_E2));
    const uptake = ((p.V_m0 + p.V_mx * x[X]) * x[G_T]) / (p.K_m0 + x[G_T]);
    const exchange = p.k_1 * x[G_P] - p.k_2 * x[G_T];
    dx[G_P] = production + appearance - F_CNS - excretion - exchange;
    dx[G_T] = exchange - uptake;
    dx[G_S] = p.k_sc * (x[G_P] - x[G_S]);

    const absorbed = p.k_a1 * x[I_SC1] + p.k_a2 * x[I_SC2];
    dx[I_P] = -(p.m_2 + p.m_4) * x[I_P] + p.m_1 * x[I_L] + absorbed;
    dx[I_L] = -(p.m_1 + p.m_30) * x[I_L] + p.m_2 * x[I_P];
    const concentration = x[I_P] / p.V_I;
    dx[X] = p.p_2U * (concentration - p.I_b - x[X]);
    dx[I_1] = p.k_i * (concentration - x[I_1]);
    dx[I_D] = p.k_i * (x[I_1] - x[I_D]);
    dx[I_SC1] = insulin - (p.k_d + p.k_a1) * x[I_SC1];
    dx[I_SC2] = p.k_d * x[I_SC1] - p.k_a2 * x[I_SC2];
  }

  const slopes = Array.from({length: 4}, () => new Float64Array(SIZE));
  const between = new Float64Array(SIZE);

  // One step of `h` minutes, in place; what cannot be negative is held at 0.
  function rungeKutta(x, p, eaten, insulin, meal, h) {
    const [a, b, c, d] = slopes;
    const shifted = (slope, by) => {
      for (let i = 0; i < SIZE; i++) between[i] = x[i] + by * slope[i];
      return between;
    };
    derivative(x, p, eaten, insulin, meal, a);
    derivative(shifted(a, 0.5 * h), p, eaten, insulin, meal, b);
    derivative(shifted(b, 0.5 * h), p, eaten, insulin, meal, c);
    derivative(shifted(c, h), p, eaten, insulin, meal, d);
    for (let i = 0; i < SIZE; i++) {
      x[i] += (h / 6) * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
      if (x[i] < 0 && i !== X) x[i] = 0;
    }
  }

  // One subject, a minute at a time; it begins fasting, on the basal rate, where nothing moves.
  class Patient {
    constructor(p) {
      this.p = p;
      this.x = new Float64Array(SIZE);
      const rest = [
        [G_P, p.G_pb], [G_T, p.G_tb], [I_P, p.I_pb], [I_1, p.I_b], [I_D, p.I_b], [I_L, p.I_lb],
        [I_SC1, p.I_sc1b], [I_SC2, p.I_sc2b], [G_S, p.G_pb],
      ];
      for (const [state, value] of rest) this.x[state] = value;
      this.waiting = 0; // g on the plate
      this.meal = 0; // D, mg
      this.eating = false;
    }

    // `carbohydrate` is put on the plate, g; `insulin` is given in this minute, U.
    minute(carbohydrate, insulin) {
      const {x, p} = this;
      this.waiting += carbohydrate;
      const eaten = Math.min(this.waiting, EATING);
      this.waiting -= eaten;
      if (eaten > 0 && !this.eating) this.meal = x[Q_STO1] + x[Q_STO2];
      this.meal += 1000 * eaten;
      this.eating = eaten > 0;
      const dose = (PMOL_PER_UNIT * insulin) / p.body_weight;
      for (let i = 0; i < SUBSTEPS; i++) {
        rungeKutta(x, p, 1000 * eaten, dose, this.meal, 1 / SUBSTEPS);
      }
    }

    get glucose() { // mg/dL, in plasma
      return this.x[G_P] / this.p.V_G;
    }

    get interstitial() { // mg/dL, what a sensor without errors reads
      return this.x[G_S] / this.p.V_G;
    }
  }

  // ---------------------------------------------------------------- a day

  const shown = (glucose) => Math.min(600, Math.max(39, glucose)); // the sensor's display

  // A whole day of subject `p`: `meals` as {minute, grams}, announced with a `counting` error (0.3:
  // three tenths too many), a sensor that errs by `errors`, and `controller.doses(reading)`, which
  // says {rate, bolus} in U/h and U every five minutes. Glucose and sensor are given every five
  // minutes from midnight on, insulin in U for each five minutes.
  function live(p, meals, counting, errors, controller) {
    const patient = new Patient(p);
    const grams = new Float64Array(DAY);
    for (const meal of meals) grams[meal.minute] += meal.grams;
    const day = {
      glucose: new Float64Array(STEPS + 1), sensor: new Float64Array(STEPS + 1),
      insulin: new Float64Array(STEPS), bolus: new Float64Array(STEPS), patient,
    };
    for (let step = 0; step <= STEPS; step++) {
      day.glucose[step] = patient.glucose;
      day.sensor[step] = shown(patient.interstitial + errors[step]);
      if (step === STEPS) break;
      let carbohydrate = 0;
      for (let i = 0; i < CONTROL; i++) carbohydrate += grams[step * CONTROL + i];
      const {rate, bolus} = controller.doses({
        step, cgm: day.sensor[step], insulin: step ? day.insulin[step - 1] : 0,
        carbohydrate: carbohydrate * (1 + counting),
      });
      for (let i = 0; i < CONTROL; i++) {
        patient.minute(grams[step * CONTROL + i], rate / 60 + (i ? 0 : bolus));
      }
      day.bolus[step] = bolus;
      day.insulin[step] = (CONTROL * rate) / 60 + bolus;
    }
    return day;
  }

  // ---------------------------------------------------------------- rules

  // What was decided beforehand: a rate in U/h, and boluses as [minute, U].
  class Given {
    constructor(rate, boluses) {
      this.rate = rate;
      this.boluses = new Float64Array(STEPS);
      for (const [minute, units] of boluses) {
        const step = Math.floor(minute / CONTROL);
        if (step >= 0 && step < STEPS) this.boluses[step] += units;
      }
    }

    doses({step}) {
      return {rate: this.rate, bolus: this.boluses[step]};
    }
  }

  // The basal rate, and with a meal its carbohydrate over the subject's ratio, corrected if high.
  class BasalBolus {
    constructor(p) {
      this.p = p;
    }

    doses({cgm, carbohydrate}) {
      const {p} = this;
      const high = cgm > 150 ? cgm - 140 : 0;
      const bolus = carbohydrate / p.carbohydrate_ratio + high / p.correction_factor;
      return {rate: p.basal, bolus: carbohydrate > 0 ? bolus : 0};
    }
  }

  // ---------------------------------------------------------------- a linear forecast

  const BLOCK = 3; // control steps for which a planned rate is held: 15 minutes
  const MOST = 30; // times the basal rate, at knob 1
  const TRUST = 0.3; // the share of the model's newest error by which it is corrected
  const FADE = 0.97; // the share of the correction that is left after five minutes

  // Multiples of the basal rate, for a knob in [-1, 1]: fine around 1, coarse above.
  const rateAt = (knob) => (knob < 0 ? 1 + knob : 1 + (MOST - 1) * knob * knob * knob);

  // Two-stage filters side by side, with weights that make glucose of their outputs.
  class Filters {
    constructor(times, weights) {
      this.times = times;
      this.weights = weights;
      this.keep = times.map((time) => Math.exp(-CONTROL / time));
      this.first = new Float64Array(times.length);
      this.second = new Float64Array(times.length);
    }

    copy() {
      const made = new Filters(this.times, this.weights);
      made.first.set(this.first);
      made.second.set(this.second);
      return made;
    }

    step(dose) {
      for (let j = 0; j < this.times.length; j++) {
        const keep = this.keep[j];
        this.first[j] = keep * this.first[j] + dose / this.times[j];
        this.second[j] = keep * this.second[j] + (1 - keep) * this.first[j];
      }
    }

    // As if `dose` had come a step before: after the next step it is there as after its own.
    ahead(dose) {
      for (let j = 0; j < this.times.length; j++) {
        this.first[j] += dose / (this.times[j] * this.keep[j]);
      }
      return this;
    }

    get glucose() {
      let sum = 0;
      for (let j = 0; j < this.times.length; j++) sum += this.weights[j] * this.second[j];
      return sum;
    }
  }

  // A subject's linear model, kept on the ground by the sensor.
  class Forecast {
    constructor(model, insulinTimes, foodTimes) {
      this.model = model;
      this.insulin = new Filters(insulinTimes, model.insulin);
      this.food = new Filters(foodTimes, model.food);
      this.correction = null;
      this.eaten = null; // announced for the step that has just passed
    }

    // The sensor in mg/dL, insulin in U of the step that has passed, g announced for the next one.
    takeIn(cgm, insulin, carbohydrate) {
      if (this.eaten !== null) {
        this.insulin.step(insulin - this.model.basal);
        this.food.step(this.eaten);
      }
      const error = cgm - this.insulin.glucose - this.food.glucose - this.model.constant;
      const before = this.correction === null ? error : this.correction;
      this.correction = before + TRUST * (error - before);
      this.eaten = carbohydrate;
    }

    // Glucose now and after each of `horizon` blocks on the basal rate, with the announced meal.
    onBasal(horizon) {
      const [insulin, food] = [this.insulin.copy(), this.food.copy().ahead(this.eaten || 0)];
      let correction = this.correction || 0;
      const seen = new Float64Array(horizon + 1);
      for (let h = 0; h <= horizon; h++) {
        seen[h] = insulin.glucose + food.glucose + correction + this.model.constant;
        for (let i = 0; i < BLOCK; i++) {
          insulin.step(0);
          food.step(0);
        }
        correction *= FADE ** BLOCK;
      }
      return seen;
    }

    // What one block at twice the basal rate does to glucose at its end and after, (horizon,).
    // The model is linear, so these numbers and `onBasal` are all that a planner needs of it.
    response(horizon) {
      const insulin = new Filters(this.insulin.times, this.insulin.weights);
      return Float64Array.from({length: horizon}, (_, h) => {
        for (let i = 0; i < BLOCK; i++) insulin.step(h ? 0 : this.model.basal);
        return insulin.glucose;
      });
    }
  }

  // Glucose that a plan leads to, into `out`: excess[h] is its rate less 1, in basal rates.
  function foresee(onBasal, response, excess, out) {
    out[0] = onBasal[0];
    for (let h = 1; h < onBasal.length; h++) {
      let sum = onBasal[h];
      for (let i = 0; i < h; i++) sum += excess[i] * response[h - 1 - i];
      out[h] = sum;
    }
  }

  // ---------------------------------------------------------------- what is wished for

  const magni = (glucose) => 10 * (3.5506 * (Math.log(glucose) ** 0.8353 - 3.7932)) ** 2;

  const ERROR = 12; // mg/dL, of forecasts, over which the risk is averaged
  const MARGIN = 80; // mg/dL, below which a forecast costs extra
  const WEIGHT = 0.1; // of that cost, for each (mg/dL)²

  // Powers and logarithms are slow, and a day of planning asks for a million risks: a table.
  const [LOWEST, HIGHEST, EACH] = [-3, 618, 8]; // mg/dL beyond which nothing changes; per mg/dL
  const riskTable = Float64Array.from({length: (HIGHEST - LOWEST) * EACH + 2}, (_, i) => {
    const risk = (glucose) => magni(Math.min(600, Math.max(15, glucose)));
    const [middle, spread] = [LOWEST + i / EACH, 1.5 * ERROR];
    return 0.5 * risk(middle) + 0.25 * (risk(middle - spread) + risk(middle + spread));
  });

  // What a predicted glucose is worth, at most 0.
  function wish(glucose) {
    const at = (Math.min(HIGHEST, Math.max(LOWEST, glucose)) - LOWEST) * EACH;
    const whole = Math.floor(at);
    const risk = riskTable[whole] + (at - whole) * (riskTable[whole + 1] - riskTable[whole]);
    const low = Math.max(0, MARGIN - glucose);
    return -(risk + WEIGHT * low * low);
  }

  // ---------------------------------------------------------------- MPC

  const [CANDIDATES, ROUNDS, ELITES, LEAST_STD, MOMENTUM] = [60, 4, 8, 0.02, 0.1];
  const DRAWN = 16381; // normal numbers, drawn once and used in turn; a prime, so that plans differ

  // The cross-entropy method: shoot, look at the best few, shoot again around them.
  class Search {
    constructor(horizon, luck) {
      this.horizon = horizon;
      this.noise = Float64Array.from({length: DRAWN}, luck.normal);
      this.used = 0;
      this.knobs = Array.from({length: CANDIDATES}, () => new Float64Array(horizon));
      this.excess = new Float64Array(horizon);
      this.path = new Float64Array(horizon + 1);
    }

    // The best knobs (horizon,) that were seen, and what they are worth.
    plan(onBasal, response, guess) {
      const {horizon, knobs} = this;
      const mean = guess ? Float64Array.from(guess) : new Float64Array(horizon);
      const std = new Float64Array(horizon).fill(1);
      let [best, bestReturn] = [null, -Infinity];
      for (let round = 0; round < ROUNDS; round++) {
        const returns = knobs.map((own) => {
          for (let h = 0; h < horizon; h++) {
            own[h] = Math.min(1, Math.max(-1, mean[h] + std[h] * this.draw()));
          }
          return this.value(onBasal, response, own);
        });
        const order = [...returns.keys()].sort((i, j) => returns[j] - returns[i]);
        if (returns[order[0]] > bestReturn) {
          [best, bestReturn] = [Float64Array.from(knobs[order[0]]), returns[order[0]]];
        }
        this.refit(mean, std, order.slice(0, ELITES));
      }
      return {knobs: best, worth: bestReturn};
    }

    draw() {
      if (this.used === DRAWN) this.used = 0;
      return this.noise[this.used++];
    }

    value(onBasal, response, knobs) {
      for (let h = 0; h < this.horizon; h++) this.excess[h] = rateAt(knobs[h]) - 1;
      foresee(onBasal, response, this.excess, this.path);
      let sum = 0;
      for (let h = 1; h <= this.horizon; h++) sum += wish(this.path[h]);
      return sum;
    }

    refit(mean, std, elites) {
      for (let h = 0; h < this.horizon; h++) {
        let [sum, squares] = [0, 0];
        for (const k of elites) sum += this.knobs[k][h];
        const middle = sum / elites.length;
        for (const k of elites) squares += (this.knobs[k][h] - middle) ** 2;
        const spread = Math.sqrt(squares / elites.length);
        mean[h] = MOMENTUM * mean[h] + (1 - MOMENTUM) * middle;
        std[h] = Math.max(LEAST_STD, MOMENTUM * std[h] + (1 - MOMENTUM) * spread);
      }
    }
  }

  // Plans every 15 minutes, and whenever a meal is announced. `plans` keeps what it expected.
  class MPC {
    constructor(p, forecast, horizon, luck) {
      Object.assign(this, {p, forecast, horizon});
      this.search = new Search(horizon, luck);
      this.response = forecast.response(horizon);
      this.plans = []; // {step, rates (U/h), glucose}, in the order in which they were made
      this.knobs = null;
      this.held = 0; // control steps for which a plan has been followed
    }

    doses({step, cgm, insulin, carbohydrate}) {
      this.forecast.takeIn(cgm, insulin, carbohydrate);
      const over = this.held >= BLOCK;
      if (!this.knobs || over || carbohydrate > 0) {
        this.replan(step, over);
        this.held = 0;
      }
      this.held += 1;
      return {rate: rateAt(this.knobs[0]) * this.p.basal, bolus: 0};
    }

    replan(step, over) {
      let guess = this.knobs;
      if (guess && over) guess = [...guess.slice(1), guess[guess.length - 1]];
      const onBasal = this.forecast.onBasal(this.horizon);
      this.knobs = this.search.plan(onBasal, this.response, guess).knobs;
      const rates = this.knobs.map(rateAt);
      const glucose = new Float64Array(this.horizon + 1);
      foresee(onBasal, this.response, rates.map((rate) => rate - 1), glucose);
      this.plans.push({step, rates: rates.map((rate) => rate * this.p.basal), glucose});
    }
  }

  // ---------------------------------------------------------------- what a day was worth

  const kovatchev = (glucose) => 1.509 * (Math.log(glucose) ** 1.084 - 5.381);

  // Shares of time and mean risks of a curve in mg/dL; below 1 it counts as 1.
  function worth(curve) {
    const glucose = Array.from(curve, (value) => Math.max(1, value));
    const mean = (valueOf) => glucose.reduce((sum, g) => sum + valueOf(g), 0) / glucose.length;
    const side = (sign) => mean((g) => (sign * kovatchev(g) > 0 ? 10 * kovatchev(g) ** 2 : 0));
    return {
      "below 54": mean((g) => Number(g < 54)), "below 70": mean((g) => Number(g < 70)),
      "in range": mean((g) => Number(g >= 70 && g <= 180)),
      "above 180": mean((g) => Number(g > 180)), "above 250": mean((g) => Number(g > 250)),
      magni: mean(magni), lbgi: side(-1), hbgi: side(1),
    };
  }

  return {
    DAY, CONTROL, STEPS, BLOCK, Patient, live, Given, BasalBolus, Forecast, MPC, Search, foresee,
    rateAt, wish, worth,
  };
})();

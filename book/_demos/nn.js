// Neural networks for the demos: dense layers, an LSTM with mixture heads, transposed convolutions.
//
// All of them are products of matrices. They run in WebAssembly with SIMD, in a module of less than
// a thousand bytes that is put together below; a browser without SIMD computes the same in plain
// JavaScript.
"use strict";

const NN = (() => {
  const PANEL = 8; // columns of a weight matrix that lie side by side: two SIMD registers
  const ROWS = 4; // rows of the left matrix that are worked on at once

  // --- the kernel, written in WebAssembly's bytes ----------------------------------------------

  const I32 = 0x7f;
  const V128 = 0x7b;
  const ADD = [0x6a];
  const TIMES = [0x6c];
  const get = (local) => [0x20, local];
  const set = (local) => [0x21, local];
  const zero = (local) => [0x41, 0, ...set(local)];
  const sum = (one, other) => [...get(one), ...get(other), ...ADD];
  const product = (one, other) => [...get(one), ...get(other), ...TIMES];
  const add = (local, bytes) => [...get(local), 0x41, bytes, ...ADD, ...set(local)];
  const load = (offset) => [0xfd, 0x00, 4, offset];
  const splat = [0xfd, 0x09, 2, 0];
  const store = (offset) => [0xfd, 0x0b, 4, offset];
  const ADD_VECTORS = [0xfd, 0xe4, 0x01];
  const multiplyAdd = (into, x, y) => [
    ...get(x), ...get(y), 0xfd, 0xe6, 0x01, ...get(into), ...ADD_VECTORS, ...set(into),
  ];
  const loopWhileBelow = (local, limit, body) => [
    0x03, 0x40, ...body, ...get(local), ...get(limit), 0x49, 0x0d, 0, 0x0b,
  ];

  const unsigned = (value) =>
    value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
  const sized = (bytes) => [...unsigned(bytes.length), ...bytes];
  const list = (items) => [items.length, ...items.flat()];
  const section = (id, content) => [id, ...sized(content)];
  const text = (name) => sized([...name].map((letter) => letter.charCodeAt(0)));

  // C += A B for `rows` rows of A. The function's arguments are five whole numbers: where A, B and
  // C begin, and how many bytes a row of A and a row of C have. B lies in panels of 8 columns, so
  // that it is read from its first byte to its last.
  function kernel(rows) {
    const [a, b, c, inner, outer] = [0, 1, 2, 3, 4];
    const [column, k] = [5, 6];
    const rowA = (row) => 7 + row;
    const rowC = (row) => 7 + rows + row;
    const vectors = 7 + 2 * rows;
    const [b0, b1, factor] = [vectors, vectors + 1, vectors + 2];
    const total = (row, half) => vectors + 3 + 2 * row + half;
    const each = (emit) => Array.from({length: rows}, (_, row) => emit(row)).flat();
    const below = (row, first, step, of) =>
      row ? sum(of(row - 1), step) : get(first);

    const oneStep = [
      ...get(b), ...load(0), ...set(b0), ...get(b), ...load(16), ...set(b1),
      ...each((row) => [
        ...sum(rowA(row), k), ...splat, ...set(factor),
        ...multiplyAdd(total(row, 0), factor, b0), ...multiplyAdd(total(row, 1), factor, b1),
      ]),
      ...add(b, 32), ...add(k, 4),
    ];
    const onePanel = [
      ...each((row) => [
        ...get(rowC(row)), ...load(0), ...set(total(row, 0)),
        ...get(rowC(row)), ...load(16), ...set(total(row, 1)),
      ]),
      ...zero(k),
      ...loopWhileBelow(k, inner, oneStep),
      ...each((row) => [
        ...get(rowC(row)), ...get(total(row, 0)), ...store(0),
        ...get(rowC(row)), ...get(total(row, 1)), ...store(16),
        ...add(rowC(row), 32),
      ]),
      ...add(column, 32),
    ];
    const body = [
      ...each((row) => [...below(row, a, inner, rowA), ...set(rowA(row))]),
      ...each((row) => [...below(row, c, outer, rowC), ...set(rowC(row))]),
      ...loopWhileBelow(column, outer, onePanel),
      0x0b,
    ];
    const locals = list([[2 + 2 * rows, I32], [3 + 2 * rows, V128]]);
    return sized([...locals, ...body]);
  }

  // Lays windows over each other, as `layWindows` below does in plain JavaScript. Arguments: where
  // the picture and the windows begin, how many windows a side has and how many rows a window, and
  // in bytes: a row of a window, a whole one, two pixels of the picture, a line of it.
  function layer() {
    const [picture, windows, side, kernelSide, run, whole, step, line] = [0, 1, 2, 3, 4, 5, 6, 7];
    const [y, row, x, from, to, i] = [8, 9, 10, 11, 12, 13];
    const oneRun = loopWhileBelow(i, run, [
      ...sum(to, i), ...sum(to, i), ...load(0), ...sum(from, i), ...load(0), ...ADD_VECTORS,
      ...store(0), ...add(i, 16),
    ]);
    const oneLine = loopWhileBelow(x, side, [
      ...zero(i), ...oneRun,
      ...sum(from, whole), ...set(from), ...sum(to, step), ...set(to), ...add(x, 1),
    ]);
    const oneRow = loopWhileBelow(row, kernelSide, [
      ...get(windows), ...product(y, side), ...get(whole), ...TIMES, ...ADD,
      ...product(row, run), ...ADD, ...set(from),
      ...get(picture), ...sum(y, y), ...get(row), ...ADD, ...get(line), ...TIMES, ...ADD,
      ...set(to),
      ...zero(x), ...oneLine, ...add(row, 1),
    ]);
    const body = loopWhileBelow(y, side, [...zero(row), ...oneRow, ...add(y, 1)]);
    return sized([...list([[6, I32]]), ...body, 0x0b]);
  }

  function moduleBytes() {
    return new Uint8Array([
      0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      ...section(1, list([5, 8].map((count) => [0x60, count, ...Array(count).fill(I32), 0]))),
      ...section(2, list([[...text("nn"), ...text("memory"), 0x02, 0x00, 1]])),
      ...section(3, list([[0], [0], [1]])),
      ...section(7, list(["one", "four", "lay"].map((name, i) => [...text(name), 0x00, i]))),
      ...section(10, list([kernel(1), kernel(ROWS), layer()])),
    ]);
  }

  // --- where numbers live, and their product ---------------------------------------------------

  // A block is `length` float32 numbers: {data: Float32Array, at: its first byte}.
  class Engine {
    // `simd: false` asks for plain JavaScript; so does a browser that cannot do otherwise.
    constructor({simd = true} = {}) {
      this.blocks = [];
      this.used = 0;
      this.simd = simd && this.startKernel();
    }

    startKernel() {
      try {
        this.memory = new WebAssembly.Memory({initial: 1});
        const module = new WebAssembly.Module(moduleBytes());
        const {exports} = new WebAssembly.Instance(module, {nn: {memory: this.memory}});
        this.kernel = exports; // one, four, lay
        return true;
      } catch {
        return false; // no WebAssembly, no SIMD, or a page that forbids it
      }
    }

    block(length) {
      const block = {at: this.used, length, data: null};
      if (!this.simd) {
        block.data = new Float32Array(length);
        return block;
      }
      this.used += Math.ceil(length / 4) * 16; // each begins at a multiple of 16 bytes
      this.blocks.push(block);
      const missing = this.used - this.memory.buffer.byteLength;
      if (missing > 0) {
        this.memory.grow(Math.ceil(missing / 65536)); // this detaches all views
        this.blocks.forEach((each) => this.look(each));
      } else {
        this.look(block);
      }
      return block;
    }

    look(block) {
      block.data = new Float32Array(this.memory.buffer, block.at, block.length);
    }

    // A weight matrix of `inner` rows and `columns` columns, row after row, as panels.
    matrix(values, inner, columns) {
      const width = padded(columns);
      const block = this.block(inner * width);
      for (let k = 0; k < inner; k++) {
        for (let j = 0; j < columns; j++) {
          const panel = Math.floor(j / PANEL);
          block.data[(panel * inner + k) * PANEL + (j % PANEL)] = values[k * columns + j];
        }
      }
      return {block, inner, columns, width};
    }

    // C += A B. A is (rows, inner), C is (rows, width), row after row.
    addProduct(a, matrix, c, rows) {
      if (!this.simd) {
        addProductPlainly(a.data, matrix, c.data, rows);
        return;
      }
      const inner = 4 * matrix.inner;
      const outer = 4 * matrix.width;
      let row = 0;
      for (; row + ROWS <= rows; row += ROWS) {
        this.kernel.four(a.at + row * inner, matrix.block.at, c.at + row * outer, inner, outer);
      }
      for (; row < rows; row++) {
        this.kernel.one(a.at + row * inner, matrix.block.at, c.at + row * outer, inner, outer);
      }
    }
  }

  const padded = (columns) => Math.ceil(columns / PANEL) * PANEL;

  function addProductPlainly(a, matrix, c, rows) {
    const {inner, width} = matrix;
    const b = matrix.block.data;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < width; column += PANEL) {
        let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        let from = column * inner;
        for (let k = row * inner; k < (row + 1) * inner; k++, from += PANEL) {
          const x = a[k];
          if (x === 0) continue; // half of what a rectifier leaves
          s0 += x * b[from];
          s1 += x * b[from + 1];
          s2 += x * b[from + 2];
          s3 += x * b[from + 3];
          s4 += x * b[from + 4];
          s5 += x * b[from + 5];
          s6 += x * b[from + 6];
          s7 += x * b[from + 7];
        }
        const to = row * width + column;
        c[to] += s0;
        c[to + 1] += s1;
        c[to + 2] += s2;
        c[to + 3] += s3;
        c[to + 4] += s4;
        c[to + 5] += s5;
        c[to + 6] += s6;
        c[to + 7] += s7;
      }
    }
  }

  // --- layers ----------------------------------------------------------------------------------

  const sigmoid = (x) => 1 / (1 + Math.exp(-x));

  // y = x W + b, for x of shape (inner,) and W of shape (inner, outer).
  class Dense {
    constructor(engine, weight, bias) {
      const [inner, outer] = weight.shape;
      this.engine = engine;
      this.matrix = engine.matrix(weight.data, inner, outer);
      this.bias = bias.data;
      this.output = engine.block(this.matrix.width);
    }

    run(input) {
      this.output.data.set(this.bias);
      this.output.data.fill(0, this.bias.length);
      this.engine.addProduct(input, this.matrix, this.output, 1);
      return this.output;
    }
  }

  // A transposed convolution with stride 2 on a square picture, channels last. The weight has
  // shape (inputs, kernel, kernel, outputs). Every pixel is multiplied into a window of
  // kernel x kernel pixels, and the windows are laid over each other at distances of two. A pixel
  // of the output has `depth` channels: a multiple of four, those beyond `outputs` unused.
  class Deconvolution {
    constructor(engine, side, weight, bias) {
      const [inputs, kernel, , outputs] = weight.shape;
      const depth = 4 * Math.ceil(outputs / 4);
      Object.assign(this, {engine, side, kernel, depth});
      const columns = kernel * kernel * depth;
      const values = new Float32Array(inputs * columns);
      weight.data.forEach((w, i) => {
        values[Math.floor(i / outputs) * depth + (i % outputs)] = w;
      });
      this.matrix = engine.matrix(values, inputs, columns);
      this.windows = engine.block(side * side * this.matrix.width);
      this.outSide = 2 * (side - 1) + kernel;
      this.output = engine.block(this.outSide * this.outSide * depth);
      this.empty = Float32Array.from(this.output.data, (_, i) => bias.data[i % depth] || 0);
    }

    run(input) {
      const {engine, side, kernel, depth, matrix, windows, output} = this;
      windows.data.fill(0);
      engine.addProduct(input, matrix, windows, side * side);
      output.data.set(this.empty);
      if (engine.simd) {
        const [run, whole, step] = [kernel * depth, matrix.width, 2 * depth].map((x) => 4 * x);
        const line = 4 * this.outSide * depth;
        engine.kernel.lay(output.at, windows.at, side, kernel, run, whole, step, line);
      } else {
        this.layWindows(output.data, windows.data);
      }
      return output;
    }

    layWindows(output, windows) {
      const {side, kernel, depth} = this;
      const [run, whole] = [kernel * depth, this.matrix.width]; // a row of a window is in one piece
      for (let y = 0; y < side; y++) {
        for (let row = 0; row < kernel; row++) {
          let from = y * side * whole + row * run;
          let to = (2 * y + row) * this.outSide * depth;
          for (let x = 0; x < side; x++, from += whole, to += 2 * depth) {
            for (let i = 0; i < run; i++) output[to + i] += windows[from + i];
          }
        }
      }
    }
  }

  function rectify(data) {
    for (let i = 0; i < data.length; i++) if (data[i] < 0) data[i] = 0;
  }

  // From z to a picture of 64 x 64 pixels, channels last, colours from 0 to 1.
  class Decoder {
    constructor(engine, tensors) {
      this.first = new Dense(engine, tensors.latent_weight, tensors.latent_bias);
      this.z = engine.block(tensors.latent_weight.shape[0]);
      this.layers = [];
      for (let i = 0, side = 1; tensors[`deconvolution_${i}_weight`]; i++) {
        const [weight, bias] = ["weight", "bias"].map((x) => tensors[`deconvolution_${i}_${x}`]);
        this.layers.push(new Deconvolution(engine, side, weight, bias));
        side = this.layers[i].outSide;
      }
      this.side = this.layers[this.layers.length - 1].outSide;
      this.picture = new Float32Array(3 * this.side * this.side);
    }

    decode(z) {
      this.z.data.set(z);
      let x = this.first.run(this.z);
      this.layers.forEach((layer, i) => {
        if (i > 0) rectify(x.data);
        x = layer.run(x);
      });
      const {picture} = this;
      for (let from = 0, to = 0; to < picture.length; from += 4, to += 3) {
        picture[to] = sigmoid(x.data[from]);
        picture[to + 1] = sigmoid(x.data[from + 1]);
        picture[to + 2] = sigmoid(x.data[from + 2]);
      }
      return picture;
    }
  }

  // The memory M: an LSTM on z and the action, and heads for the next z and the reward.
  class Memory {
    constructor(engine, tensors, meta) {
      const hidden = meta.hidden;
      Object.assign(this, {engine, hidden, latent: meta.latent, mixtures: meta.mixtures});
      this.fromInput = new Dense(engine, tensors.input_weight, tensors.lstm_bias);
      const [rows, columns] = tensors.hidden_weight.shape;
      this.fromHidden = engine.matrix(tensors.hidden_weight.data, rows, columns);
      this.head = new Dense(engine, tensors.head_weight, tensors.head_bias);
      this.rewardWeight = tensors.reward_weight.data;
      this.rewardBias = tensors.reward_bias.data[0];
      [this.rewardMean, this.rewardStd] = tensors.reward_scale.data;
      this.input = engine.block(tensors.input_weight.shape[0]);
      this.h = engine.block(hidden);
      this.c = new Float32Array(hidden);
    }

    reset(h, c) {
      this.h.data.set(h);
      this.c.set(c);
    }

    // One step on; what may come next is then in `prediction()`.
    step(z, action) {
      const {hidden, c} = this;
      this.input.data.set(z);
      this.input.data.set(action, this.latent);
      const gates = this.fromInput.run(this.input);
      this.engine.addProduct(this.h, this.fromHidden, gates, 1);
      const [g, h] = [gates.data, this.h.data];
      for (let i = 0; i < hidden; i++) {
        const candidate = Math.tanh(g[2 * hidden + i]);
        c[i] = sigmoid(g[hidden + i]) * c[i] + sigmoid(g[i]) * candidate;
        h[i] = sigmoid(g[3 * hidden + i]) * Math.tanh(c[i]);
      }
    }

    // For each latent the logits, means and standard deviations of its mixture; the reward.
    prediction() {
      const outputs = this.head.run(this.h).data;
      const count = this.latent * this.mixtures;
      const std = outputs.slice(2 * count, 3 * count);
      for (let i = 0; i < count; i++) std[i] = Math.exp(Math.min(6, Math.max(-6, std[i])));
      const h = this.h.data;
      let reward = this.rewardBias;
      for (let i = 0; i < h.length; i++) reward += this.rewardWeight[i] * h[i];
      return {
        mixtures: this.mixtures,
        logits: outputs.slice(0, count),
        mean: outputs.slice(count, 2 * count),
        std,
        reward: reward * this.rewardStd + this.rewardMean,
      };
    }
  }

  // The weights of one latent's mixture at temperature tau; 1 is as the network says.
  function mixtureWeights(prediction, latent, temperature) {
    const {logits, mixtures} = prediction;
    const own = logits.subarray(latent * mixtures, (latent + 1) * mixtures);
    const largest = Math.max(...own);
    const weights = Array.from(own, (logit) => Math.exp((logit - largest) / temperature));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  }

  // A next z: `uniform` numbers choose the components, `normal` ones where in them.
  function drawMixture(prediction, uniform, normal, temperature) {
    const {mean, std, mixtures} = prediction;
    return Float32Array.from(uniform, (chance, latent) => {
      const weights = mixtureWeights(prediction, latent, temperature);
      let chosen = 0;
      let passed = weights[0];
      while (chosen < mixtures - 1 && passed <= chance) passed += weights[++chosen];
      const at = latent * mixtures + chosen;
      return mean[at] + Math.sqrt(temperature) * std[at] * normal[latent];
    });
  }

  // Mean and standard deviation of the next z at temperature tau.
  function expectation(prediction, temperature) {
    const {mean, std, mixtures} = prediction;
    const latents = mean.length / mixtures;
    const said = {mean: new Float32Array(latents), std: new Float32Array(latents)};
    for (let latent = 0; latent < latents; latent++) {
      let [center, square] = [0, 0];
      mixtureWeights(prediction, latent, temperature).forEach((weight, m) => {
        const at = latent * mixtures + m;
        center += weight * mean[at];
        square += weight * (temperature * std[at] ** 2 + mean[at] ** 2);
      });
      said.mean[latent] = center;
      said.std[latent] = Math.sqrt(Math.max(0, square - center ** 2));
    }
    return said;
  }

  // C, the linear controller on z and h: steering in [-1, 1], gas and brake in [0, 1].
  function drive(weight, bias, z, h) {
    const raw = Array.from(bias);
    const actions = raw.length;
    for (let a = 0; a < actions; a++) {
      for (let i = 0; i < z.length; i++) raw[a] += z[i] * weight[i * actions + a];
      for (let i = 0; i < h.length; i++) raw[a] += h[i] * weight[(z.length + i) * actions + a];
    }
    const [steer, gas, brake] = raw.map(Math.tanh);
    return [steer, (gas + 1) / 2, Math.max(0, brake)];
  }

  // Random numbers that a seed repeats: {uniform(), normal()}.
  function luck(seed) {
    let state = seed >>> 0;
    function uniform() {
      // a 32-bit counter, its bits mixed by multiplications and shifts
      state = (state + 0x9e3779b9) >>> 0;
      let x = state;
      x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
      x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
      return ((x ^ (x >>> 16)) >>> 0) / 4294967296;
    }
    function normal() {
      return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    }
    return {uniform, normal};
  }

  // A picture of colours from 0 to 1, or bytes from 0 to 255, onto a small canvas of its size.
  function paint(picture, side, canvas) {
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    const image = context.createImageData(side, side);
    const scale = picture instanceof Uint8Array ? 1 : 255;
    for (let pixel = 0; pixel < side * side; pixel++) {
      for (let color = 0; color < 3; color++) {
        image.data[4 * pixel + color] = picture[3 * pixel + color] * scale;
      }
      image.data[4 * pixel + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }

  return {Engine, Decoder, Memory, mixtureWeights, drawMixture, expectation, drive, luck, paint};
})();

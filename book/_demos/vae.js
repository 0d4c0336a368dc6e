// needs: nn.js pictures.js
// The VAE explorer: a real frame, what the decoder draws from its z, and z in the reader's hands.
"use strict";

Demos.define("vae", {
  weights: ["decoder", "vae"],

  build(ui, weights) {
    const {meta} = weights.vae;
    const real = Pictures.tensors(weights.vae);
    const frames = Pictures.rows(real.frames);
    const means = Pictures.rows(real.mean);
    const decoder = new NN.Decoder(new NN.Engine(), Pictures.tensors(weights.decoder));
    const side = decoder.side;
    const z = Float32Array.from(means[0]);
    const [realSmall, drawnSmall, changedSmall] = [0, 0, 0].map(() => canvasOf(side));
    let chosen = 0;
    let swept = meta.order[0]; // the latent that the film below the pictures moves
    let quiet = false; // while many sliders are set at once
    let luck = NN.luck(1);

    const gap = 6; // between the pictures of the film
    const filmTop = 24; // above them, for words
    const filmTile = (width) => (width - 6 * gap) / 7;
    const filmPictures = Array.from({length: 7}, () => canvasOf(side));
    let filmOf = ""; // for which z the film was made

    // --- what there is to see ------------------------------------------------------------------

    const views = {};
    const names = {
      frame: ["A real frame", "The real frame that was chosen"],
      drawn: ["Drawn again from z", "What the decoder draws from the 32 numbers"],
      lost: ["What differs", "The difference of both, orange where it is large"],
    };
    const pictures = ui.row(() => {
      for (const [name, [caption, label]] of Object.entries(names)) {
        views[name] = Pictures.framed(ui, caption, {label, width: 320, height: 320});
      }
      views.error = ui.output({label: "Typical error of a colour, of 255 steps:"});
    }, {where: "scene"});
    pictures.className = "demo-pictures";

    const strip = Pictures.strip({
      label: "Choose a frame", pictures: frames, side, change: chooseFrame,
    });
    pictures.after(strip.element);
    const film = ui.canvas({
      label: "Seven pictures: the latent touched last, from -3 to 3, all others as they are",
      width: 1000, height: 130, fluid: true, aspect: (width) => filmTile(width) + filmTop + 26,
      pointer: pointAtFilm,
    });

    // --- controls ------------------------------------------------------------------------------

    const sliders = new Map();
    const largest = real.effect.data[meta.order[0]];
    const strong = meta.order.filter((latent) => real.effect.data[latent] > largest / 10);
    const weak = meta.order.filter((latent) => !strong.includes(latent));
    strong.forEach(addSlider);
    ui.row(() => {
      ui.toggle({
        label: `Show the other ${weak.length}, which change next to nothing`,
        change: (shown) => { others.hidden = !shown; },
      });
      ui.button({label: "A z that no frame gave", press: drawAny});
    });
    const others = ui.row(() => weak.forEach(addSlider));
    others.classList.add("demo-more");
    others.hidden = true;

    function addSlider(latent) {
      const slider = ui.slider({
        label: `Latent ${latent}`, min: -3, max: 3, step: 0.05, value: z[latent],
        format: (v) => v.toFixed(2).replace("-", "−"),
        change: (v) => {
          z[latent] = v;
          if (!quiet) swept = latent;
        },
      });
      slider.input.addEventListener("focus", () => {
        swept = latent;
        draw();
      });
      sliders.set(latent, slider);
    }

    // The sliders round to their steps and end at 3; z does not.
    function setAll(values) {
      quiet = true;
      sliders.forEach((slider, latent) => slider.set(values[latent]));
      quiet = false;
      z.set(values);
      draw();
    }

    function chooseFrame(i) {
      chosen = i;
      setAll(means[i]);
    }

    function drawAny() {
      setAll(Float32Array.from(z, () => luck.normal()));
      ui.announce("A new z, drawn from the standard normal distribution");
    }

    function pointAtFilm(x, y, kind) {
      if (kind !== "down" || y > filmTop + filmTile(film.width)) return;
      sliders.get(swept).set(-3 + Math.min(6, Math.floor((7 * x) / film.width)));
    }

    // --- drawing -------------------------------------------------------------------------------

    function draw() {
      const drawn = decoder.decode(z);
      NN.paint(frames[chosen], side, realSmall);
      NN.paint(drawn, side, drawnSmall);
      views.error.set(paintDifference(frames[chosen], drawn, changedSmall).toFixed(1));
      Pictures.show(views.frame, realSmall);
      Pictures.show(views.drawn, drawnSmall);
      views.lost.context.fillStyle = ui.color("wash");
      views.lost.context.fillRect(0, 0, views.lost.width, views.lost.height);
      Pictures.show(views.lost, changedSmall);
      drawFilm();
    }

    // Orange, the more of it the larger the difference; gives the root of the mean square.
    function paintDifference(frame, drawn, canvas) {
      const context = canvas.getContext("2d");
      const image = context.createImageData(side, side);
      const orange = rgb(ui.color("orange"));
      let squares = 0;
      for (let pixel = 0; pixel < side * side; pixel++) {
        let sum = 0;
        for (let color = 0; color < 3; color++) {
          const difference = 255 * drawn[3 * pixel + color] - frame[3 * pixel + color];
          squares += difference * difference;
          sum += Math.abs(difference);
        }
        image.data.set(orange, 4 * pixel);
        image.data[4 * pixel + 3] = Math.min(255, 1.5 * sum); // 57 steps in each colour: full
      }
      context.putImageData(image, 0, 0);
      return Math.sqrt(squares / (3 * side * side));
    }

    function drawFilm() {
      const others = Float32Array.from(z);
      others[swept] = 0;
      const wanted = `${swept} ${others.join()}`;
      if (wanted !== filmOf) {
        filmPictures.forEach((canvas, i) => {
          others[swept] = i - 3;
          NN.paint(decoder.decode(others), side, canvas);
        });
        filmOf = wanted;
      }
      const {context, width, height} = film;
      const tile = filmTile(width);
      context.clearRect(0, 0, width, height);
      context.imageSmoothingQuality = "high";
      context.textBaseline = "alphabetic";
      context.textAlign = "left";
      context.font = "600 14px system-ui, sans-serif";
      context.fillStyle = ui.color("text");
      context.fillText(`Latent ${swept} from −3 to 3, all else as it is`, 0, 14);
      context.font = "13px system-ui, sans-serif";
      context.textAlign = "center";
      context.fillStyle = ui.color("quiet");
      filmPictures.forEach((canvas, i) => {
        const x = i * (tile + gap);
        context.drawImage(canvas, x, filmTop, tile, tile);
        context.fillText(`${i - 3}`.replace("-", "−"), x + tile / 2, height - 3);
      });
      const at = Math.min(3, Math.max(-3, z[swept])) + 3;
      context.fillStyle = ui.color("blue");
      context.beginPath();
      context.arc(tile / 2 + at * (tile + gap), filmTop + tile + 1, 5, 0, 2 * Math.PI);
      context.fill();
    }

    function reset() {
      luck = NN.luck(1);
      chooseFrame(chosen);
    }

    chooseFrame(0);
    return {draw, reset};

    function canvasOf(size) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = size;
      return canvas;
    }

    function rgb(hex) {
      return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    }
  },
});

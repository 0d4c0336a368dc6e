// Pictures of 64 x 64 pixels, for the VAE explorer and the dream: shown large, chosen from a strip.
"use strict";

const Pictures = (() => {
  // A picture's own small canvas, from which `show` enlarges.
  function small(picture, side) {
    const canvas = document.createElement("canvas");
    NN.paint(picture, side, canvas);
    return canvas;
  }

  // Enlarge over a whole view, as smoothly as the browser can.
  function show(view, from) {
    const {context, width, height} = view;
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(from, 0, 0, width, height);
  }

  // A canvas for one picture with its caption below.
  function framed(ui, caption, options) {
    let view;
    const box = ui.row(() => {
      view = ui.canvas(options);
    });
    box.className = "demo-picture";
    const text = document.createElement("p");
    text.textContent = caption;
    box.append(text);
    return view;
  }

  // Radio buttons that look like the pictures they stand for: one Tab stop, arrows choose.
  function strip({label, pictures, side, change}) {
    const group = document.createElement("fieldset");
    group.className = "demo-strip";
    const legend = document.createElement("legend");
    legend.textContent = label;
    const line = document.createElement("div");
    group.append(legend, line);
    const name = `demo-strip-${++strips}`;
    const inputs = pictures.map((picture, i) => {
      const choice = document.createElement("label");
      const input = document.createElement("input");
      Object.assign(input, {type: "radio", name, value: i, checked: i === 0});
      input.setAttribute("aria-label", `frame ${i + 1} of ${pictures.length}`);
      input.addEventListener("change", () => choose(i));
      choice.append(input, small(picture, side));
      line.append(choice);
      return input;
    });

    function choose(i) {
      inputs[i].checked = true;
      const box = inputs[i].parentElement;
      const [left, right] = [box.offsetLeft, box.offsetLeft + box.offsetWidth];
      if (left < line.scrollLeft || right > line.scrollLeft + line.clientWidth) {
        line.scrollLeft = left - (line.clientWidth - box.offsetWidth) / 2; // the page stays put
      }
      change(i);
    }

    return {
      element: group,
      choose,
      get chosen() { return inputs.findIndex((input) => input.checked); },
    };
  }
  let strips = 0;

  // Rows of a tensor (N, ...) as typed arrays.
  function rows({shape, data}) {
    const size = data.length / shape[0];
    return Array.from({length: shape[0]}, (_, i) => data.subarray(i * size, (i + 1) * size));
  }

  // All tensors of a weights file.
  function tensors(file) {
    const entries = Object.entries(file.tensors);
    return Object.fromEntries(entries.map(([name, entry]) => [name, Demos.tensor(entry)]));
  }

  return {small, show, framed, strip, rows, tensors};
})();

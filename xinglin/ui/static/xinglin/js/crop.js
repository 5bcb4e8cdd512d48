// The crop dialog: a frame of the wanted ratio stands still, the picture moves under it by mouse, finger or keys.
import { place } from "./pictures.js";
import { open } from "./dialogs.js";

const MARGIN = 0.08;

/** Let the user choose the part; resolves to {box, turns} in pixels of the turned bitmap, null when cancelled. */
export function choose(bitmap, ratio, opener) {
  const dialog = document.getElementById("dialog-crop");
  if (!dialog) return Promise.resolve({ box: centred(bitmap, ratio), turns: 0 });
  document.body.append(dialog); // out of any form, so that Enter sends nothing
  const canvas = dialog.querySelector("[data-crop-canvas]");
  const zoom = dialog.querySelector("[data-crop-zoom]");
  const view = { turns: 0, zoom: 1, x: 0, y: 0 };
  const size = () => (view.turns % 2 ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height]);
  let frame;

  const measure = () => {
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    const room = { w: canvas.width * (1 - 2 * MARGIN), h: canvas.height * (1 - 2 * MARGIN) };
    const w = Math.min(room.w, room.h * ratio);
    frame = { w, h: w / ratio, x: (canvas.width - w) / 2, y: (canvas.height - w / ratio) / 2 };
  };
  const scale = () => Math.max(frame.w / size()[0], frame.h / size()[1]) * view.zoom;
  const clamp = () => {
    const [w, h] = size();
    view.x = Math.min(0, Math.max(view.x, frame.w - w * scale()));
    view.y = Math.min(0, Math.max(view.y, frame.h - h * scale()));
  };
  const middle = () => { const [w, h] = size(); view.x = (frame.w - w * scale()) / 2; view.y = (frame.h - h * scale()) / 2; };
  const paint = () => {
    clamp();
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(scale(), 0, 0, scale(), frame.x + view.x, frame.y + view.y);
    place(pen, bitmap, view.turns);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "rgba(7,48,46,.6)";
    pen.beginPath();
    pen.rect(0, 0, canvas.width, canvas.height);
    pen.rect(frame.x, frame.y, frame.w, frame.h);
    pen.fill("evenodd");
    pen.strokeStyle = "#fff";
    pen.lineWidth = 2 * devicePixelRatio;
    pen.strokeRect(frame.x, frame.y, frame.w, frame.h);
  };
  const zoomTo = (value) => {
    const before = scale();
    view.zoom = Math.min(4, Math.max(1, value));
    const by = scale() / before;
    view.x = frame.w / 2 - (frame.w / 2 - view.x) * by;
    view.y = frame.h / 2 - (frame.h / 2 - view.y) * by;
    zoom.value = String(Math.round(view.zoom * 100));
    paint();
  };
  const move = (x, y) => { view.x += x; view.y += y; paint(); };

  return new Promise((done) => {
    const over = new AbortController();
    const listen = (target, type, act) => target.addEventListener(type, act, { signal: over.signal });
    let result = null;
    listen(canvas, "pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    listen(canvas, "pointermove", (event) => { if (event.buttons) move(event.movementX * devicePixelRatio, event.movementY * devicePixelRatio); });
    listen(canvas, "wheel", (event) => { event.preventDefault(); zoomTo(view.zoom * (event.deltaY < 0 ? 1.08 : 0.92)); });
    listen(canvas, "keydown", (event) => {
      const step = 12 * devicePixelRatio;
      const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
      if (moves[event.key]) { event.preventDefault(); move(...moves[event.key]); }
      if (event.key === "+" || event.key === "=") zoomTo(view.zoom + 0.1);
      if (event.key === "-") zoomTo(view.zoom - 0.1);
    });
    listen(zoom, "input", () => zoomTo(zoom.value / 100));
    listen(dialog.querySelector("[data-crop-turn]"), "click", () => { view.turns = (view.turns + 1) % 4; middle(); paint(); });
    listen(dialog.querySelector("[data-crop-done]"), "click", () => {
      const s = scale();
      result = { box: { x: -view.x / s, y: -view.y / s, w: frame.w / s, h: frame.h / s }, turns: view.turns };
      dialog.close();
    });
    listen(window, "resize", () => { measure(); paint(); });
    listen(dialog, "close", () => { over.abort(); done(result); });
    open(dialog, opener);
    measure();
    view.zoom = 1;
    zoom.value = "100";
    middle();
    paint();
    canvas.focus();
  });
}

function centred({ width, height }, ratio) {
  const w = Math.min(width, height * ratio);
  return { x: (width - w) / 2, y: (height - w / ratio) / 2, w, h: w / ratio };
}

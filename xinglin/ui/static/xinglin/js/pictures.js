// Pictures in the browser: decode upright, make small, cut out. Everything leaves as JPEG without its EXIF data.
const MOST = 2400;
const QUALITY = 0.9;

/** Decode a file, upright; null when this browser cannot (HEIC on most PCs): then it is sent as it is. */
export async function decode(file) {
  try { return await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { return null; }
}

const toBlob = (canvas) => new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });

/** Draw the part `box` (x, y, w, h in pixels of the bitmap) after `turns` quarter turns, at most MOST pixels long. */
export async function draw(bitmap, box = { x: 0, y: 0, w: bitmap.width, h: bitmap.height }, turns = 0) {
  const scale = Math.min(1, MOST / Math.max(box.w, box.h));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(box.w * scale), Math.round(box.h * scale)];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.scale(scale, scale);
  pen.translate(-box.x, -box.y);
  place(pen, bitmap, turns);
  return toBlob(canvas);
}

/** Draw a bitmap turned by quarter turns so that its upper left corner is at the origin. */
export function place(pen, bitmap, turns) {
  const { width: w, height: h } = bitmap;
  if (turns === 1) { pen.translate(h, 0); pen.rotate(Math.PI / 2); }
  if (turns === 2) { pen.translate(w, h); pen.rotate(Math.PI); }
  if (turns === 3) { pen.translate(0, w); pen.rotate(-Math.PI / 2); }
  pen.drawImage(bitmap, 0, 0);
}

/** Whether a file should be made smaller before it is sent. */
export function isBig(file, bitmap) {
  return Math.max(bitmap.width, bitmap.height) > MOST || file.size > 1.5 * 1024 * 1024;
}

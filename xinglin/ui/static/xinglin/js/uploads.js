// Pictures of a form: chosen, dropped or taken, made small here, sent at once with progress; the form carries the id.
import { each, el, icon } from "./dom.js";
import { choose } from "./crop.js";
import { decode, draw, isBig } from "./pictures.js";

const MOST_BYTES = 10 * 1024 * 1024;
const KINDS = /^image\/(jpeg|png|webp|heic|heif)$/;
const NEAR = 0.03;

each("[data-upload]", (field) => {
  const inputs = field.querySelectorAll("input[type=file]"); // one to choose, one for the camera
  const box = field.querySelector("[data-upload-box]");
  if (!inputs.length) return;
  inputs.forEach((input) => {
    input.removeAttribute("name"); // with scripts the picture goes by itself
    input.addEventListener("change", () => { if (input.files[0]) take(field, input.files[0]); input.value = ""; });
  });
  box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("xl-upload-over"); });
  box.addEventListener("dragleave", () => box.classList.remove("xl-upload-over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("xl-upload-over");
    if (event.dataTransfer.files[0]) take(field, event.dataTransfer.files[0]);
  });
});

function say(field, ...parts) { field.querySelector("[data-upload-said]").replaceChildren(...parts); }
function fail(field, message) {
  field.xlBefore?.();
  say(field, el("div", { className: "xl-field-err" }, icon("alert-circle"), el("span", {}, message)));
}

async function take(field, file) {
  say(field); // what was wrong with the file before
  const name = file.name.toLowerCase();
  if (file.type && !KINDS.test(file.type) && !/\.(jpe?g|png|webp|hei[cf])$/.test(name)) {
    const said = file.type.startsWith("image/") ? "的格式不能用" : "不是图片";
    return fail(field, `“${file.name}”${said}。请选 JPG、PNG、WebP 或 HEIC。`);
  }
  const bitmap = await decode(file);
  if (!bitmap && file.size > MOST_BYTES) return fail(field, `文件 ${(file.size / 1048576).toFixed(1)} MB，超过 10 MB，请缩小后再传。`);
  let blob = file;
  if (bitmap) {
    const [w, h] = (field.dataset.ratio || "0/1").split("/").map(Number);
    const ratio = w / h;
    if (ratio && Math.abs(bitmap.width / bitmap.height / ratio - 1) > NEAR) {
      const part = await choose(bitmap, ratio, field.querySelector("input[type=file]"));
      if (!part) return undefined;
      blob = await draw(bitmap, part.box, part.turns);
    } else if (isBig(file, bitmap)) blob = await draw(bitmap);
    show(field, blob);
  }
  return send(field, blob, file.name);
}

function show(field, blob) {
  const place = field.querySelector("[data-upload-pic]");
  const [before, hidden] = [[...place.childNodes], place.hidden];
  field.xlBefore = () => { place.replaceChildren(...before); place.hidden = hidden; delete field.xlBefore; };
  const picture = el("img", { src: URL.createObjectURL(blob), alt: `${field.dataset.label}（刚选的）` });
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  place.replaceChildren(picture);
  place.hidden = false;
}

function send(field, blob, name) {
  const request = new XMLHttpRequest();
  const bar = el("progress", { className: "xl-meter", max: 100, value: 0, ariaLabel: `${field.dataset.label}上传进度` });
  const stop = el("button", { type: "button", className: "btn btn-sm btn-quiet" }, icon("x"), "取消");
  stop.addEventListener("click", () => request.abort());
  say(field, el("div", { className: "xl-upload-run" }, el("span", { className: "xl-small xl-cut" }, name), bar, stop), el("div", { className: "xl-help" }, "正在上传，可继续填写"));
  const body = new FormData();
  body.append("file", blob, blob.type === "image/jpeg" ? name.replace(/\.[^.]*$/, "") + ".jpg" : name);
  body.append("purpose", field.dataset.purpose);
  body.append("subject", field.dataset.subject);
  const token = field.closest("form")?.querySelector("input[name=csrfmiddlewaretoken]")?.value
    ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; });
  request.addEventListener("load", () => finish(field, request));
  request.addEventListener("error", () => fail(field, "没有传上去，请检查网络后再选一次。"));
  request.addEventListener("abort", () => { field.xlBefore?.(); say(field, el("div", { className: "xl-help" }, "已取消上传。")); });
  request.open("POST", field.dataset.upload);
  request.setRequestHeader("X-CSRFToken", token);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.send(body);
}

function finish(field, request) {
  const told = request.response ?? {};
  if (request.status !== 201) return fail(field, told.error ?? "没有传上去，请稍后再试；还不行请联系客服。");
  const id = field.querySelector("[data-upload-id]");
  id.value = told.id;
  delete field.xlBefore;
  const seen = told.remarks?.map((remark) => el("div", { className: "xl-field-warn" }, icon("alert-triangle"), el("span", {}, remark))) ?? [];
  say(field, el("div", { className: "xl-cap xl-ok" }, icon("circle-check", "s"), "已上传，保存后生效"), ...seen);
  field.querySelector("[data-upload-box]").classList.remove("xl-upload-bad");
  field.querySelector("[data-upload-word]").textContent = "换一张";
  id.dispatchEvent(new Event("change", { bubbles: true }));
  return undefined;
}

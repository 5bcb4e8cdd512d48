// Scans: data-scan="address of the recorded POST" opens the picture enlarged, beside what was filled in.
// The veil stays: each look is a new POST, whose address works for a minute. Escape or 关闭 leads back to the place.
import { el, icon, on } from "./dom.js";

const STEPS = [0.1, 0.15, 0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.5, 2, 3, 4];
const HEADERS = () => ({ Accept: "application/json", "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "" });

const shown = { button: null, bitmap: null, scale: 1, turns: 0, fits: true };
const title = el("h2", { className: "xl-h2", id: "viewer-t" });
const said = el("span", { className: "xl-mini xl-2nd" });
said.setAttribute("role", "status");
const percent = el("span", { className: "xl-small xl-2nd xl-num", ariaLive: "polite" });
const place = el("div", { className: "xl-viewer-pic", tabIndex: 0 });
place.setAttribute("role", "region");
place.setAttribute("aria-label", "放大的图片，可以滚动");
const facts = el("aside", { className: "xl-viewer-facts", tabIndex: 0 });
facts.setAttribute("aria-label", "填写的内容");
const tool = (name, label, act, words = "") => {
  const button = el("button", { type: "button", className: words ? "btn btn-sm" : "xl-iconbtn", title: label }, ...(name ? [icon(name)] : []), words);
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
  return button;
};
const before = tool("chevron-left", "上一张（将留下记录）", () => step(-1));
const after = tool("chevron-right", "下一张（将留下记录）", () => step(1));
const remark = tool("message-circle-plus", "写意见", () => comment(), "写意见");
const dialog = el("dialog", { className: "xl-viewer" },
  el("div", { className: "xl-viewer-head" }, title, said, el("span", { className: "xl-push" }),
    before, after, tool("zoom-out", "缩小", () => zoom(-1)), percent, tool("zoom-in", "放大", () => zoom(1)),
    tool("", "适合窗口", () => { shown.fits = true; draw(); }, "适合"), tool("rotate-clockwise", "向右转", () => { shown.turns = (shown.turns + 1) % 4; draw(); }),
    remark, tool("x", "关闭", () => dialog.close())),
  el("div", { className: "xl-viewer-body" }, place, facts));
dialog.setAttribute("aria-labelledby", "viewer-t");
document.body.append(dialog);

const all = () => [...document.querySelectorAll("[data-scan]")].filter((button) => button.offsetParent !== null || dialog.open);
const note = (tone, text) => place.replaceChildren(el("div", { className: `xl-note xl-note-${tone}` }, el("div", {}, text)));

on("click", "[data-scan]", (button) => { if (!dialog.open) dialog.showModal(); show(button); });

async function show(button) {
  Object.assign(shown, { button, bitmap: null, turns: 0, fits: true });
  title.textContent = button.dataset.scanLabel;
  said.textContent = "正在打开…";
  percent.textContent = "";
  note("run", "正在打开…");
  tell(button);
  const row = all();
  before.hidden = after.hidden = row.length < 2;
  remark.hidden = !commentOf(button);
  place.focus();
  try {
    const answer = await fetch(button.dataset.scan, { method: "POST", headers: HEADERS() });
    if (!answer.ok || answer.redirected) throw new Error(answer.status === 403 ? "当前身份不能查看这张图片。" : "这张图片没有打开，请刷新页面后重试。");
    const picture = await fetch((await answer.json()).url);
    if (!picture.ok) throw new Error("这张图片暂时打不开，请稍后重试。");
    const bitmap = await createImageBitmap(await picture.blob());
    if (shown.button !== button) return;
    shown.bitmap = bitmap;
    said.textContent = "这次查看已记录";
    draw();
  } catch (fault) {
    if (shown.button !== button) return;
    said.textContent = "";
    note("bad", fault instanceof TypeError || !fault.message ? "没有连上服务器，请检查网络后再试。" : fault.message);
  }
}

// What was filled in beside the picture: the fields of its group on the record, of its section on the review desk.
function tell(button) {
  const pairs = [];
  const group = button.closest("[data-scan-group]");
  const table = button.closest("table.xl-diff");
  let name = group?.dataset.scanGroup ?? "";
  if (group) group.querySelectorAll("dl > div").forEach((cell) => pairs.push([cell.querySelector("dt"), cell.querySelector("dd")]));
  if (table) {
    const rows = [...table.tBodies[0].rows];
    let at = rows.indexOf(button.closest("tr"));
    while (at > 0 && !rows[at].classList.contains("sec")) at -= 1;
    name = rows[at].querySelector("th")?.firstChild?.textContent ?? "";
    for (at += 1; at < rows.length && !rows[at].classList.contains("sec"); at += 1) {
      if (!rows[at].classList.contains("last") && !rows[at].querySelector("[data-scan], img")) pairs.push([rows[at].cells[0], rows[at].cells[2]]);
    }
  }
  const list = el("dl", { className: "xl-dl" }, ...pairs.map(([label, value]) => el("div", {}, el("dt", {}, label?.textContent.trim() ?? ""), el("dd", {}, value?.textContent.trim() ?? ""))));
  facts.replaceChildren(el("h3", { className: "xl-h3" }, name ? `填写的内容：${name}` : "填写的内容"), pairs.length ? list : el("p", { className: "xl-2nd" }, "这一部分没有文字内容。"));
  facts.scrollTop = 0;
}

function draw() {
  const { bitmap, turns } = shown;
  if (!bitmap) return;
  const [wide, high] = turns % 2 ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
  if (shown.fits) shown.scale = Math.min((place.clientWidth - 24) / wide, (place.clientHeight - 24) / high, 2);
  let canvas = place.querySelector("canvas");
  if (!canvas || canvas.dataset.turns !== String(turns)) {
    canvas = el("canvas", { width: wide, height: high });
    canvas.dataset.turns = turns;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", title.textContent);
    const pen = canvas.getContext("2d");
    pen.translate(wide / 2, high / 2);
    pen.rotate((turns * Math.PI) / 2);
    pen.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2);
    place.replaceChildren(canvas);
  }
  canvas.style.width = `${Math.max(1, Math.round(wide * shown.scale))}px`;
  percent.textContent = `${Math.round(shown.scale * 100)}%`;
}

function zoom(way) {
  const next = way > 0 ? STEPS.find((size) => size > shown.scale + 0.005) : STEPS.findLast((size) => size < shown.scale - 0.005);
  if (!next) return;
  const middle = [(place.scrollLeft + place.clientWidth / 2) / place.scrollWidth, (place.scrollTop + place.clientHeight / 2) / place.scrollHeight];
  Object.assign(shown, { scale: next, fits: false });
  draw();
  place.scrollTo(middle[0] * place.scrollWidth - place.clientWidth / 2, middle[1] * place.scrollHeight - place.clientHeight / 2);
}

function step(way) {
  const row = all();
  show(row[(row.indexOf(shown.button) + way + row.length) % row.length]);
}

const commentOf = (button) => button.closest("tr")?.querySelector("[data-comment]") ?? null;
function comment() {
  const opener = commentOf(shown.button);
  shown.button = null;
  dialog.close();
  if (opener.getAttribute("aria-expanded") === "true") document.getElementById(opener.dataset.comment).querySelector("textarea").focus();
  else opener.click();
}

dialog.addEventListener("close", () => {
  shown.button?.focus();
  Object.assign(shown, { button: null, bitmap: null });
  place.replaceChildren();
});
dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = { "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1), 0: () => { shown.fits = true; draw(); } }[event.key];
  if (act) { event.preventDefault(); act(); }
});
window.addEventListener("resize", () => { if (dialog.open && shown.fits) draw(); });

// Dragging moves the picture; scroll bars and arrow keys do the same.
let held = null;
place.addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "mouse" || event.button || !event.target.closest("canvas")) return;
  held = { x: event.clientX + place.scrollLeft, y: event.clientY + place.scrollTop };
  place.setPointerCapture(event.pointerId);
});
place.addEventListener("pointermove", (event) => { if (held) place.scrollTo(held.x - event.clientX, held.y - event.clientY); });
place.addEventListener("pointerup", () => { held = null; });

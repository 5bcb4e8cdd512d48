// A page in use says so every few minutes, so that nobody is signed out while typing. A page that was left alone says
// so before it sends a form into nothing: what was typed stays, and after a sign-in in another window it can be sent.
import { el, icon } from "../xinglin/js/dom.js";

const place = document.querySelector("[data-presence]");
const idle = Number(place?.dataset.idle) * 60_000;
const every = Math.min(240_000, idle / 4);
let told = Date.now(), used = 0, banner = null, asking = false;

const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];

async function say() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(place.dataset.seen, { method: "POST", headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
    if (answer.ok) { told = Date.now(); used = 0; }
    else if (answer.status === 401) lost();
  } catch { /* no network: the next sign of life says it */ } finally { asking = false; }
}

function lost() {
  if (banner) return;
  const link = el("a", { href: place.dataset.door, target: "_blank", rel: "opener" }, "在新窗口登录");
  banner = el("div", { className: "xl-note xl-note-wait xl-away", role: "alert" }, icon("alert-triangle"),
    el("div", { className: "xl-grow" }, el("b", {}, "因长时间未操作已退出。"), " 本页填的内容还在：请", link, "，登录后回到本页接着提交。"));
  document.body.prepend(banner);
}

/** After a sign-in elsewhere: the same identity goes on, its forms get the new token. */
async function back() {
  if (!banner) return;
  try {
    const { user, grant, token: fresh } = await (await fetch(place.dataset.state)).json();
    if (String(user) !== place.dataset.user || String(grant) !== place.dataset.grant) return;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
    banner.remove();
    banner = null;
    told = Date.now();
  } catch { /* the next focus tries again */ }
}

if (place) {
  for (const type of ["keydown", "pointerdown", "input", "scroll"]) {
    addEventListener(type, () => {
      used = Date.now();
      if (!banner && used - told > every) say();
    }, { passive: true, capture: true });
  }
  setInterval(() => { if (!banner && Date.now() - told > idle + 2_000) say(); }, 30_000);
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || !(banner || Date.now() - told > idle)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    lost();
    banner.scrollIntoView();
    back();
  }, true);
  addEventListener("focus", back);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) back(); });
}

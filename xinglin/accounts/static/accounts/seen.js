// A page in use says so every few minutes, so that nobody is signed out while typing. A page that was left alone says
// so before it sends a form into nothing: what was typed stays, and after a sign-in in another window it can be sent.
// The same where the sign-in was ended elsewhere: a form in which much is typed asks before it is sent.
import { el, icon } from "../xinglin/js/dom.js";
import { busy, isDirty, rest } from "../xinglin/js/forms.js";

const TYPED = "form[data-unsaved], form[data-draft-url]";
const PATIENCE_MS = 4000;
const IDLE = "因长时间未操作已退出。", ENDED = "登录已结束，或换了身份。";

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
    else if (answer.status === 401) lost(Date.now() - told > idle ? IDLE : ENDED);
  } catch { /* no network: the next sign of life says it */ } finally { asking = false; }
}

function lost(words = IDLE) {
  if (banner) return;
  const own = location.pathname.startsWith("/my/") ? "&entrance=resident" : "";
  const link = el("a", { href: `${place.dataset.door}?why=${words === IDLE ? "idle" : "elsewhere"}${own}`, target: "_blank", rel: "opener" }, "在新窗口登录");
  banner = el("div", { className: "xl-note xl-note-wait xl-away", role: "alert" }, icon("alert-triangle"),
    el("div", { className: "xl-grow" }, el("b", {}, words), " 本页填的内容还在：请", link, "，登录后回到本页接着提交。"));
  (document.querySelector("dialog[open]") ?? document.body).prepend(banner); // what lies under a dialog cannot be reached
}

/** Whether the identity of this page is still in force: "same" (its forms get the token of today), "other", or "unknown". */
async function standing() {
  const late = new Promise((done) => { setTimeout(done, PATIENCE_MS, null); });
  try {
    const answer = await Promise.race([fetch(place.dataset.state, { redirect: "manual" }), late]);
    if (!answer || answer.status >= 500) return "unknown";
    const { user, grant, token: fresh } = answer.ok ? await answer.json() : {};
    if (String(user) !== place.dataset.user || String(grant) !== place.dataset.grant) return "other";
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
    return "same";
  } catch { return "unknown"; /* the next look tries again */ }
}

/** The user comes back to the page: after a sign-in elsewhere it goes on, after a sign-out elsewhere it says so. */
async function back() {
  if (!banner && ![...document.querySelectorAll(TYPED)].some(isDirty)) return;
  const found = await standing();
  if (found === "other") lost(ENDED);
  if (found !== "same" || !banner) return;
  banner.remove();
  banner = null;
  told = Date.now();
}

const asked = new WeakSet(), sure = new WeakSet();
async function ask(form, button) {
  if (asked.has(form)) return;
  asked.add(form);
  busy(button);
  const found = await standing();
  asked.delete(form);
  if (button) rest(button);
  if (found === "other") { lost(ENDED); banner.scrollIntoView(); return; }
  if (!form.isConnected) return;
  sure.add(form);
  form.requestSubmit(button);
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
    const form = event.target;
    if (form.method !== "post" || sure.delete(form)) return;
    const away = banner || Date.now() - told > idle;
    if (!away && !form.matches(TYPED)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!away) { ask(form, event.submitter); return; }
    lost();
    banner.scrollIntoView();
    back();
  }, true);
  addEventListener("focus", back);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) back(); });
}

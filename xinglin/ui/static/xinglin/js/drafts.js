// Drafts: data-draft-url on a form posts what is typed a few seconds after the last change; [data-draft-state]
// says when; data-draft-stamp, where the server gives one, changes with every save. What could not be sent stays in this tab (sessionStorage), and is offered again after a failure.
import { each, el, icon } from "./dom.js";
import { isDirty, markSaved } from "./forms.js";

const WAIT_MS = 2500;
const SECRET = /password|csrf|^once$|^again_/i;
const keyOf = (form) => `xl-draft:${location.pathname}:${form.id || form.dataset.draftUrl}`;
const texts = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SECRET.test(name));
const stampOf = (form) => form.dataset.draftStamp ?? "";
const keep = (form) => { try { sessionStorage.setItem(keyOf(form), JSON.stringify({ stamp: stampOf(form), texts: texts(form) })); } catch { /* full or forbidden */ } };
const drop = (form) => { try { sessionStorage.removeItem(keyOf(form)); } catch { /* nothing kept */ } };

const shownState = (form) => form.querySelector("[data-draft-state]") ?? document.querySelector("[data-draft-state]");
function state(form, words, name) { shownState(form)?.replaceChildren(icon(name, "s"), words); }

async function save(form) {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  body.delete("once");
  for (const name of [...body.keys()]) if (name.startsWith("again_")) body.delete(name);
  try {
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, headers: { Accept: "application/json", "X-Draft": "1" }, redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    const told = answer.status === 204 ? {} : await answer.json();
    if (told.version) form.querySelectorAll("input[name=version]").forEach((field) => { field.value = told.version; });
    if (told.stamp) form.dataset.draftStamp = told.stamp;
    drop(form);
    markSaved(form);
    state(form, `草稿已保存 ${told.saved_at ?? new Date().toTimeString().slice(0, 5)} · ${form.dataset.draftNote ?? "未提交"}`, "cloud-check");
  } catch {
    keep(form);
    state(form, "草稿没有传上去，已存在这个页面里；连上网络后会再试", "cloud-off");
    plan(form, WAIT_MS * 4);
  }
}

const CHANGED = "有改动，未保存";
function changed(form) {
  plan(form);
  if (isDirty(form) && !shownState(form)?.textContent.includes(CHANGED)) state(form, CHANGED, "cloud");
}

const timers = new WeakMap();
function plan(form, wait = WAIT_MS) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => { if (form.isConnected && isDirty(form)) save(form); }, wait));
}

function offer(form) {
  let kept;
  try { kept = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "null"); } catch { kept = null; }
  if (!kept) return;
  // The server's stamp has changed: what was sent did arrive.
  if (kept.stamp !== stampOf(form) || !kept.texts || form.querySelector("[data-focus]")) { drop(form); return; }
  if (JSON.stringify(texts(form)) === JSON.stringify(kept.texts)) { drop(form); return; }
  const take = el("button", { type: "button", className: "btn btn-sm" }, "恢复");
  const leave = el("button", { type: "button", className: "btn btn-sm btn-quiet" }, "不要了");
  const note = el("div", { className: "xl-note xl-note-wait", role: "status" }, icon("cloud"), el("div", { className: "xl-grow" }, "上次填的内容没有存到服务器，要恢复吗？"), take, leave);
  take.addEventListener("click", () => {
    for (const [name, value] of kept.texts) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
        else if (field.type !== "hidden" && field.type !== "file") field.value = value;
      }
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
    note.remove();
  });
  leave.addEventListener("click", () => { drop(form); note.remove(); });
  form.prepend(note);
}

each("form[data-draft-url]", (form) => {
  setTimeout(() => offer(form)); // when conditions.js has switched off what does not count: those fields are not sent
  form.addEventListener("input", () => changed(form));
  form.addEventListener("change", () => changed(form));
  form.addEventListener("submit", () => { clearTimeout(timers.get(form)); keep(form); });
});

// Forms: sent once, never left by accident, drafts saved by themselves, errors brought into sight.
import { each, el, on } from "./dom.js";

const posts = (form) => form.method.toLowerCase() === "post";
const RELEASE_MS = 20000;

// One send: the button says that it works; a second press does nothing (the server has its own guard).
// data-download on form or button: the answer is a file, this page stays and no event tells that it has come.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !posts(form)) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.dataset.clean = "1";
  const button = event.submitter;
  if (button) setTimeout(() => busy(button));
  setTimeout(() => release(form), [form, button].some((part) => part?.hasAttribute("data-download")) ? 3000 : RELEASE_MS);
});
// A page that refused what was sent is a step of the browser's history that could only be shown by sending again. When
// it is left by another send, the step becomes an ordinary one, so that Back shows the form.
const refused = () => performance.getEntriesByType("navigation")[0]?.responseStatus >= 400;
document.addEventListener("submit", (event) => { if (!event.defaultPrevented && posts(event.target) && refused()) history.replaceState(history.state, "", location.href); });
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt.matches("form, button")) busy(event.detail.elt.matches("form") ? event.detail.requestConfig?.triggeringEvent?.submitter : event.detail.elt); });
document.addEventListener("htmx:afterRequest", (event) => { const form = event.detail.elt.closest("form"); if (form) release(form); else rest(event.detail.elt); });

export function busy(button, words = button?.dataset.busy || "正在处理…") {
  if (!button || button.dataset.resting !== undefined) return;
  const kept = document.createDocumentFragment();
  kept.append(...button.childNodes);
  button.xlResting = kept;
  button.dataset.resting = "";
  button.setAttribute("aria-disabled", "true");
  button.append(el("span", { className: "xl-spin", ariaHidden: "true" }), words);
}
export function rest(button) {
  if (button.dataset?.resting === undefined) return;
  button.replaceChildren(button.xlResting);
  delete button.dataset.resting;
  button.removeAttribute("aria-disabled");
}
function release(form) {
  delete form.dataset.sent;
  [...form.elements].forEach(rest);
}
on("click", "[aria-disabled=true]", (_button, event) => event.preventDefault());

// Leaving with something unsaved asks first.
const watched = new Map();
const picture = (form) => JSON.stringify([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "once" && name !== "csrfmiddlewaretoken"));
each("form[data-unsaved], form[data-draft-url]", (form) => setTimeout(() => watched.set(form, picture(form))));
export function isDirty(form) { return watched.has(form) && form.isConnected && !form.dataset.clean && watched.get(form) !== picture(form); }
export function markSaved(form) { if (watched.has(form)) watched.set(form, picture(form)); }
addEventListener("beforeunload", (event) => { if ([...watched.keys()].some(isDirty)) event.preventDefault(); });

// After a refusal: the summary takes the focus. Links to a field bring it into sight, from another page as well.
each("[data-focus]", (note) => { note.focus(); note.scrollIntoView({ block: "center" }); });
function bring(place) {
  const field = place?.matches("input, select, textarea") ? place : place?.querySelector("input:not([type=hidden]), select, textarea") ?? place;
  field?.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
  return Boolean(field);
}
const meant = (hash) => document.getElementById(decodeURIComponent(hash.slice(1)));
on("click", ".xl-note a[href^='#'], .xl-phc a[href^='#']", (link, event) => { if (bring(meant(link.hash))) event.preventDefault(); });
addEventListener("load", () => { if (location.hash && meant(location.hash)?.closest("form")) bring(meant(location.hash)); });

// Choosing an entry of a select or radio may send its form at once (a filter, a switch of year).
on("change", "[data-send]", (field) => field.form.requestSubmit());

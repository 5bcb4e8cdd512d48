// Dialogs over the list: 编辑 and 删除 open as dialogs whose body is the page's own form; the address works without this.
import { el, on } from "../xinglin/js/dom.js";
import { open } from "../xinglin/js/dialogs.js";
import { isDirty } from "../xinglin/js/forms.js";
import { tell } from "../xinglin/js/live.js";

const REMOTE = /\/residents\/\d+\/(training|delete)\/$/;
const dialog = el("dialog", { className: "xl-dialog" });
dialog.setAttribute("aria-labelledby", "remote-t");
dialog.dataset.keep = "";
document.body.append(dialog);

function fill(html) {
  dialog.innerHTML = html;
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: dialog } }));
}

function leave(sure) {
  const form = dialog.querySelector("form");
  if (!sure && form && isDirty(form)) dialog.querySelector("[data-remote-ask]").hidden = false;
  else dialog.close();
}
dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); leave(false); } });
dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(false); });
dialog.addEventListener("close", () => dialog.replaceChildren());
on("click", "[data-remote-close]", () => leave(false));
on("click", "[data-remote-drop]", () => leave(true));

on("click", "[data-list] .xl-acts a", async (link, event) => {
  const [, page] = new URL(link.href).pathname.match(REMOTE) ?? [];
  if (!page || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { headers: { "X-Dialog": "1" } });
    if (!answer.ok || answer.redirected) return location.assign(link.href);
    dialog.classList.toggle("xl-dialog-wide", page === "training");
    fill(await answer.text());
    open(dialog, link);
  } catch {
    location.assign(link.href);
  }
});

dialog.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Dialog": "1" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") { form.dataset.clean = "1"; location.reload(); return; }
    const html = await answer.text();
    if (html.trimStart().startsWith("<!")) { form.dataset.clean = "1"; location.assign(form.action); return; }
    fill(html);
  } catch {
    delete form.dataset.sending;
    tell("没有连上服务器，您填的内容还在。请检查网络后再试。", "bad");
  }
});

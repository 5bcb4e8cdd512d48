// Messages: the live region on top of the page, its close buttons, and words for the ear only.
import { el, icon, on } from "./dom.js";

const TONES = { ok: "circle-check", bad: "alert-circle", wait: "alert-triangle", run: "info-circle" };

/** Show a note in the live region; screen readers say it. tone: ok, bad, wait, run. */
export function tell(text, tone = "run") {
  const region = document.getElementById("xl-alerts");
  if (!region) return;
  const close = el("button", { type: "button", className: "xl-note-x", ariaLabel: "关闭提示" }, icon("x", "s"));
  close.dataset.dismiss = "";
  const note = el("div", { className: `xl-note xl-note-${tone}` }, icon(TONES[tone]), el("div", { className: "xl-grow" }, text), close);
  region.replaceChildren(note);
}

on("click", "[data-dismiss]", (button) => button.closest(".xl-note")?.remove());
on("click", "[data-back]", (_button, event) => {
  if (history.length > 1) { event.preventDefault(); history.back(); } else location.assign("/");
});

document.addEventListener("htmx:sendError", () => tell("没有连上服务器，您填的内容还在。请检查网络后再试。", "bad"));
document.addEventListener("htmx:timeout", () => tell("服务器很久没有回答，请稍后再试。您填的内容还在。", "bad"));
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "xl-alerts") event.detail.target.scrollIntoView({ block: "center" });
});

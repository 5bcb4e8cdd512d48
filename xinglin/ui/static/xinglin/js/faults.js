// The server below is in trouble (503): the note offers to send the same request again, and goes when an answer is fine.
import { on } from "./dom.js";

let last = null;
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 503) last = { from: event.detail.elt, config: event.detail.requestConfig };
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.querySelectorAll("[data-fault]").forEach((note) => note.remove());
});
on("click", "[data-retry-request]", () => {
  const { from, config } = last ?? {};
  if (!from?.isConnected) { location.reload(); return; }
  if (from.matches("form")) from.requestSubmit(config.triggeringEvent?.submitter ?? undefined);
  else if (config.triggeringEvent?.type === "click") from.click();
  else htmx.ajax(config.verb.toUpperCase(), config.path, { source: from, target: config.target, values: config.unfilteredParameters });
});

// Native dialogs: opened by data-dialog="key", closed by data-dialog-close, Escape or a click on the ground.
import { on } from "./dom.js";

on("click", "[data-dialog]", (button, event) => {
  if (button.getAttribute("aria-disabled") === "true") return;
  const dialog = document.getElementById(`dialog-${button.dataset.dialog}`);
  if (!dialog) return;
  event.preventDefault();
  open(dialog, button);
});
on("click", "[data-dialog-close]", (button, event) => {
  event.preventDefault();
  button.closest("dialog")?.close();
});
on("click", "dialog", (dialog, event) => {
  if (event.target === dialog && !dialog.hasAttribute("data-keep")) dialog.close();
});

/** Open a dialog, put the focus on its first field or main button, and give it back to `opener` when it closes. */
export function open(dialog, opener = document.activeElement) {
  for (const [name, value] of Object.entries(opener?.dataset ?? {})) {
    if (!name.startsWith("fill")) continue;
    const key = name.slice(4).toLowerCase();
    dialog.querySelectorAll(`[data-filled="${key}"]`).forEach((place) => { place.textContent = value; });
    dialog.querySelectorAll(`input[name="${key}"]`).forEach((field) => { field.value = value; });
    if (key === "action") dialog.querySelector("form")?.setAttribute("action", value);
  }
  dialog.showModal();
  const first = dialog.querySelector("[autofocus], .is-invalid, textarea, select, input:not([type=hidden]), .btn-primary, .btn-danger");
  first?.focus();
  dialog.addEventListener("close", () => opener?.focus?.(), { once: true });
}

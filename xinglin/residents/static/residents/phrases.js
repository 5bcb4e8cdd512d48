// Common phrases: a click adds the phrase to the field that it names.
import { on } from "../xinglin/js/dom.js";

on("click", "[data-phrase]", (button) => {
  const field = document.getElementById(button.dataset.phrase);
  if (!field) return;
  const end = field.value.trim().replace(/[。；;]$/, "");
  field.value = `${end ? `${end}；` : ""}${button.textContent.trim()}。`;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
});

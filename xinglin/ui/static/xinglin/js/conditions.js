// Fields that matter only sometimes: data-show-when="field=value|other" hides the block and switches its fields off
// until the named field has one of the values; several conditions are joined by "&", "field!=value" turns one round.
// Without scripts every block is shown, and the server decides.
import { each } from "./dom.js";

function valueOf(form, name) {
  const fields = form.elements[name];
  if (!fields) return "";
  if (fields instanceof RadioNodeList) return [...fields].find((f) => f.checked)?.value ?? "";
  if (fields.type === "checkbox") return fields.checked ? fields.value : "";
  return fields.value;
}

function holds(form, condition) {
  return condition.split("&").every((part) => {
    const [, name, sign, values] = part.match(/^\s*([^=!]+?)\s*(!?=)\s*(.*)$/) ?? [];
    const inside = values.split("|").map((v) => v.trim()).includes(valueOf(form, name));
    return sign === "=" ? inside : !inside;
  });
}

each("form", (form) => {
  const blocks = [...form.querySelectorAll("[data-show-when]")];
  if (!blocks.length) return;
  const apply = () => {
    for (const block of blocks) {
      const shown = holds(form, block.dataset.showWhen) && !block.parentElement.closest("[data-show-when][hidden]");
      block.hidden = !shown;
      block.querySelectorAll("input, select, textarea").forEach((field) => { field.disabled = !shown || field.hasAttribute("data-off"); });
    }
  };
  form.addEventListener("change", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  apply();
});

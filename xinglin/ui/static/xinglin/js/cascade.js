// A code of a deep table as linked lists (province, city, county). The hidden input keeps the code that is sent.
import { each, el } from "./dom.js";

const asked = new Map();
const ask = (url) => {
  if (!asked.has(url)) asked.set(url, fetch(url).then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.json(); }));
  return asked.get(url);
};

each("input[data-cascade]", async (input) => {
  const url = input.dataset.cascade;
  const label = document.querySelector(`label[for="${CSS.escape(input.id)}"]`);
  const box = el("div", { className: "xl-cascade", role: "group" });
  if (label) { label.id ||= `${input.id}-label`; box.setAttribute("aria-labelledby", label.id); }
  input.parentElement.querySelector("[data-cascade-shown]")?.remove();
  input.after(box);

  async function level(number, under, chosen) {
    while (box.children.length > number) box.lastChild.remove();
    const { codes } = await ask(`${url}?under=${encodeURIComponent(under)}`);
    if (!codes.length) return;
    const list = el("select", { className: "form-select", ariaLabel: ["省", "市", "县"][number] ?? `第 ${number + 1} 级` });
    list.append(el("option", { value: "" }, "请选择"), ...codes.map(([code, word]) => el("option", { value: code, selected: code === chosen }, word)));
    if (!number) list.id = `${input.id}-0`;
    if (!number && label) label.htmlFor = list.id;
    for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) if (input.hasAttribute(name)) list.setAttribute(name, input.getAttribute(name));
    if (input.classList.contains("is-invalid")) list.classList.add("is-invalid");
    list.addEventListener("change", async () => {
      input.value = list.value || (number ? box.children[number - 1].value : "");
      input.dispatchEvent(new Event("change", { bubbles: true }));
      if (list.value) await level(number + 1, list.value, "");
      else while (box.children.length > number + 1) box.lastChild.remove();
    });
    box.append(list);
  }

  try {
    const { path } = input.value ? await ask(`${url}?path=${encodeURIComponent(input.value)}`) : { path: [] };
    await level(0, "", path[0]);
    for (let number = 1; number <= path.length; number += 1) await level(number, path[number - 1], path[number] ?? "");
  } catch {
    box.remove();
    input.classList.add("xl-cascade-off");
  }
});

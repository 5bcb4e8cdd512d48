// Lists: selection, folding of the filter bar, column order, the visited row, menus over the table.
// Everything works without this file; it saves steps.
import { each, el, on } from "./dom.js";
import { open } from "./dialogs.js";

const picks = (list) => [...list.querySelectorAll("input[name=pick]")];

function show(list) {
  const all = list.querySelector("[data-pick-all]");
  if (!all) return;
  const boxes = picks(list);
  const chosen = boxes.filter((box) => box.checked);
  boxes.forEach((box) => {
    box.disabled = all.checked;
    const row = box.closest("tr");
    if (box.checked || all.checked) row.setAttribute("aria-selected", "true"); else row.removeAttribute("aria-selected");
  });
  const page = list.querySelector("[data-pick-page]");
  page.checked = boxes.length > 0 && chosen.length === boxes.length;
  page.indeterminate = chosen.length > 0 && !page.checked;
  const number = all.checked ? all.dataset.count : String(chosen.length);
  list.querySelector("[data-picked]").textContent = number;
  list.querySelectorAll("[data-label]").forEach((label) => {
    const words = label.dataset.label;
    label.textContent = words.includes("{n}") ? words.replace("{n}", number) : words;
  });
  list.classList.toggle("xl-picking", all.checked || chosen.length > 0);
}

each("[data-list]", (list) => {
  show(list);
  let last = null;
  list.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=pick]");
    if (!box) return;
    const boxes = picks(list);
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    last = box;
  });
  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-page]")) picks(list).forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-pick-page], [data-pick-all], input[name=pick]")) show(list);
  });
});
on("click", "[data-pick-none]", (button) => {
  const list = button.closest("[data-list]");
  list.querySelectorAll("input[name=pick], [data-pick-all]").forEach((box) => { box.checked = false; });
  show(list);
});
// A page that comes back from the browser's memory keeps its ticks: show what they mean.
addEventListener("pageshow", () => document.querySelectorAll("[data-list]").forEach((list) => { show(list); mark(list); }));

// Fold the bar without asking the server; the form remembers it for the next query.
on("click", "[data-fold]", (button, event) => {
  event.preventDefault();
  const bar = document.getElementById("xl-filter");
  const shut = bar.classList.toggle("xl-filter-shut");
  button.setAttribute("aria-expanded", String(!shut));
  button.querySelector("span").textContent = shut ? "展开" : "收起";
  bar.closest("form").elements.more.value = shut ? "" : "1";
});
on("keydown", "[data-fold]", (button, event) => { if (event.key === " ") { event.preventDefault(); button.click(); } });

// On a phone the whole bar is folded behind one button, however the page was reached.
on("click", "[data-filter]", (button) => {
  const out = button.closest("form").classList.toggle("xl-bar-out");
  button.setAttribute("aria-expanded", String(out));
});

// Columns: the buttons move a line; the order is saved with the rest.
on("click", "[data-columns] button[name=up], [data-columns] button[name=down]", (button, event) => {
  event.preventDefault();
  const line = button.closest("li");
  const other = button.name === "up" ? line.previousElementSibling : line.nextElementSibling;
  if (other) button.name === "up" ? other.before(line) : other.after(line);
  button.focus();
});

// The row that was opened is marked when one comes back.
const place = (list) => `xl-seen ${list.dataset.list}`;
const left = (list) => `xl-left ${list.dataset.list}`;
function mark(list) {
  const key = sessionStorage.getItem(place(list));
  list.querySelectorAll("tr[data-key]").forEach((row) => row.classList.toggle("xl-seen", row.dataset.key === key));
}
each("[data-list]", (list) => {
  mark(list);
  if (sessionStorage.getItem(left(list)) === null) return;
  sessionStorage.removeItem(left(list));
  list.querySelector("tr.xl-seen")?.scrollIntoView({ block: "center", inline: "nearest" });
});
on("click", "[data-list] tr[data-key] a", (link) => {
  const list = link.closest("[data-list]");
  sessionStorage.setItem(place(list), link.closest("tr").dataset.key);
  sessionStorage.setItem(left(list), "1");
  mark(list);
});

// Columns fixed at the left lie one behind the other; a shadow shows that something is hidden under 操作.
function settle(list) {
  const table = list.querySelector(".xl-table");
  if (!table) return;
  let left = 0;
  [...(table.tHead?.rows[0]?.cells ?? [])].forEach((cell, index) => {
    if (!cell.classList.contains("xl-fix-l")) return;
    const offset = `${left}px`;
    left += cell.offsetWidth;
    if (index) [...table.rows].forEach((row) => { row.cells[index].style.left = offset; });
  });
  const scroll = table.closest(".xl-scroll");
  const edge = () => table.classList.toggle("xl-more", scroll.scrollLeft + scroll.clientWidth < scroll.scrollWidth - 1);
  scroll.addEventListener("scroll", edge, { passive: true });
  edge();
}
each("[data-list]", settle);

// 更多 opens over the table, whose own box would cut it off.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details[data-float]")) return;
  const box = menu.querySelector(".xl-fold-list");
  box.classList.toggle("xl-floating", menu.open);
  menu.closest("td").classList.toggle("xl-up", menu.open);
  if (!menu.open) return;
  const at = menu.getBoundingClientRect();
  const below = at.bottom + box.offsetHeight < innerHeight;
  box.style.right = `${document.documentElement.clientWidth - at.right}px`;
  box.style.top = `${below ? at.bottom + 2 : at.top - box.offsetHeight - 2}px`;
}, true);

// A verb that asks back does so in a dialog; without scripts it is done at once.
on("click", "[data-list] [data-confirm]", (button, event) => {
  if (button.dataset.asked) { delete button.dataset.asked; return; }
  event.preventDefault();
  const number = button.closest("[data-list]").querySelector("[data-picked]")?.textContent ?? "";
  const yes = el("button", { type: "button", className: "btn btn-primary" }, button.textContent.trim());
  const no = el("button", { type: "button", className: "btn" }, "取消");
  const dialog = el("dialog", { className: "xl-dialog" },
    el("div", { className: "xl-dialog-body" }, el("p", { className: "m-0" }, button.dataset.confirm.replace("{n}", number))),
    el("div", { className: "xl-dialog-foot" }, no, yes));
  dialog.setAttribute("aria-label", button.textContent.trim());
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => { dialog.close(); button.dataset.asked = "1"; button.click(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  open(dialog, button);
});

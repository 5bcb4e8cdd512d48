// 招收信息管理: the selection bar says how many of the picked rows will be skipped by a report, and leads to the reasons.
import { each, el, icon, on } from "../xinglin/js/dom.js";

function tell(list) {
  const bar = list.querySelector(".xl-selbar");
  const report = bar?.querySelector("button[value=report]");
  if (!report) return;
  bar.querySelector("[data-skipped]")?.remove();
  const all = bar.querySelector("[data-pick-all]")?.checked;
  const picked = [...list.querySelectorAll("tr[data-key]")].filter((row) => row.querySelector("input[name=pick]")?.checked);
  const lacking = picked.filter((row) => row.querySelector("[data-lacks]")).length;
  const reported = picked.filter((row) => row.querySelector("[data-reported]")).length;
  const label = report.querySelector("[data-label]");
  if (!all) label.textContent = label.dataset.label.replace("{n}", String(picked.length - lacking - reported));
  if (all || !lacking) return;
  const look = el("button", { type: "submit", name: "look", value: "1", className: "btn btn-link-xl xl-bad" }, "看缺什么");
  look.setAttribute("formaction", report.getAttribute("formaction"));
  const note = el("span", { className: "xl-row xl-small xl-bad" }, icon("alert-circle", "s"), `${lacking} 项资料不全，上报时会跳过`, look);
  note.dataset.skipped = "";
  bar.querySelector(".xl-push").before(note);
}

each("[data-list]", (list) => {
  list.addEventListener("change", () => setTimeout(() => tell(list)));
  setTimeout(() => tell(list));
});
on("click", "[data-pick-none]", (button) => setTimeout(() => tell(button.closest("[data-list]"))));

// The review desk: field comments open under their row; with a comment 通过 is off and 退回 carries the count.
import { each, on } from "./dom.js";

const form = document.querySelector("form[data-review]");

// The record that is read stands in sight in the queue.
const queue = document.querySelector(".xl-queue ol");
const read = queue?.querySelector("[aria-current]");
if (read) queue.scrollTop += read.getBoundingClientRect().top - queue.getBoundingClientRect().top - read.offsetHeight;

function written() {
  return [...form.querySelectorAll("textarea")].filter((box) => box.value.trim() !== "").length;
}

function refresh() {
  const count = written();
  const approve = form.querySelector("[data-review-approve]");
  const back = form.querySelector("[data-review-return]");
  const said = form.querySelector("[data-review-said]");
  if (!approve || !back) return;
  approve.setAttribute("aria-disabled", String(count > 0));
  back.classList.toggle("btn-danger", count > 0);
  back.classList.toggle("btn-danger-line", count === 0);
  said.textContent = count > 0 ? `有 ${count} 条意见，不能通过` : "";
}

if (form) {
  on("click", "[data-comment]", (button) => {
    const row = document.getElementById(button.dataset.comment);
    row.hidden = !row.hidden;
    button.setAttribute("aria-expanded", String(!row.hidden));
    if (!row.hidden) row.querySelector("textarea").focus();
  });
  on("click", "[data-phrase]", (button) => {
    const box = document.getElementById(button.dataset.phrase);
    box.value = box.value ? `${box.value}；${button.textContent}` : button.textContent;
    refresh();
    box.focus();
  });
  each("form[data-review] textarea", (box) => box.addEventListener("input", refresh));
  refresh();
}

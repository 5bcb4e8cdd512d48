// The page of a service in trouble: counts down and tries again; "back" works without the other modules.
for (const button of document.querySelectorAll("[data-back]")) {
  button.addEventListener("click", () => (history.length > 1 ? history.back() : location.assign("/")));
}
const link = document.querySelector("[data-retry]");
if (link) {
  const place = link.querySelector("[data-retry-in]");
  let left = Number(link.dataset.retry);
  const step = () => {
    place.textContent = `（${left} 秒后自动）`;
    if (left-- <= 0) location.assign(link.href);
    else setTimeout(step, 1000);
  };
  step();
}

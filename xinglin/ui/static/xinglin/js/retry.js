// The page of a service in trouble: counts down and tries again; "back" works without the other modules.
// A form that was sent is not sent again by itself: the page says when the service is back.
for (const button of document.querySelectorAll("[data-back]")) {
  button.addEventListener("click", () => (history.length > 1 ? history.back() : location.assign("/")));
}
for (const button of document.querySelectorAll("[data-reload]")) {
  button.addEventListener("click", () => location.reload());
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
const place = document.querySelector("[data-ready-at]");
if (place) {
  const look = async () => {
    let ready = false;
    try { ready = (await fetch("/readyz", { credentials: "omit", cache: "no-store" })).ok; } catch { /* not yet */ }
    place.textContent = ready ? "系统已经恢复，可以重试了。" : "正在等系统恢复，恢复后这里会告诉您。";
    if (!ready) setTimeout(look, Number(place.dataset.readyAt) * 1000);
  };
  setTimeout(look, 2000);
}

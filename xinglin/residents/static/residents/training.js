// 培训信息: the planned end follows start and years until somebody sets it by hand; then the reason is asked for.
import { each } from "../xinglin/js/dom.js";

function planned(start, years) {
  const [year, month, day] = start.split("-").map(Number);
  if (!year || !years) return "";
  const next = new Date(Date.UTC(year + Number(years), month - 1, day));
  next.setUTCDate(next.getUTCDate() - 1);
  return next.toISOString().slice(0, 10);
}

each("form[data-training]", (form) => {
  const { starts_on: start, approved_years: years, ends_on: end, ends_on_reason: reason } = form.elements;
  if (!start || !end || end.disabled) return;
  const block = reason?.closest(".xl-field");
  let last = planned(start.value, years.value);
  const follow = () => {
    const now = planned(start.value, years.value);
    if (now && (!end.value || end.value === last)) end.value = now;
    last = now;
    show();
  };
  const show = () => {
    const differs = Boolean(end.value && last && end.value !== last);
    if (block) block.hidden = !differs && !reason.value;
  };
  start.addEventListener("change", follow);
  years.addEventListener("change", follow);
  end.addEventListener("change", show);
  show();
});

// 重新发送: the button waits until a second code may be asked for, and says how long.
import { each } from "../xinglin/js/dom.js";

each("[data-waiting]", (form) => {
  const button = form.querySelector("button");
  const said = form.querySelector("[data-waiting-said]");
  const end = Date.now() + Number(form.dataset.waiting) * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    button.disabled = left > 0;
    said.textContent = left > 0 ? `${left} 秒后可以重新发送` : "";
    if (left > 0) setTimeout(tick, 1000);
  };
  tick();
});

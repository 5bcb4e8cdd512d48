// Sign-in page: names of organisations while typing, verification by the browser, accounts of a trial installation.
import { each, on } from "../xinglin/js/dom.js";
import { busy, rest } from "../xinglin/js/forms.js";

each("[data-suggest]", (input) => {
  const list = document.getElementById(input.dataset.suggest);
  let last = "", timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const query = input.value.trim();
      if (query.length < 2 || query === last) return;
      last = query;
      try {
        const answer = await fetch(`${list.dataset.url}?q=${encodeURIComponent(query)}`);
        const { names } = await answer.json();
        if (query !== last) return;
        list.replaceChildren(...names.map(({ name, code }) => Object.assign(document.createElement("option"), { value: name, label: code })));
      } catch { /* the name can be typed in full */ }
    }, 200);
  });
});

each("[data-puzzle]", (puzzle) => {
  if (window.Worker) puzzle.querySelector("[data-puzzle-help]").hidden = false;
});

on("click", "[data-work]", (button) => {
  const puzzle = button.closest("[data-puzzle]");
  const form = puzzle.closest("form");
  const said = puzzle.querySelector("[data-puzzle-said]");
  const picture = puzzle.querySelector("[data-puzzle-picture]");
  const help = puzzle.querySelector("[data-puzzle-help]");
  const worker = new Worker(puzzle.dataset.worker);
  let held = null;
  // Pressed too early: the form waits for the proof and then goes by itself, unless the picture was answered instead.
  const hold = (event) => {
    if (!puzzle.isConnected || form.elements.answer.value) return;
    event.preventDefault();
    held = event.submitter ?? form.querySelector("[type=submit]");
    busy(held, "正在验证，完成后自动继续…");
  };
  const end = (text) => {
    worker.terminate();
    said.textContent = text;
    form.removeEventListener("submit", hold);
    if (held) rest(held);
  };
  form.addEventListener("submit", hold);
  help.hidden = true;
  said.textContent = "浏览器正在验证，通常几秒钟……";
  worker.onerror = () => { help.hidden = false; end("浏览器不能自动验证，请填图片验证码。"); };
  worker.onmessage = ({ data }) => {
    puzzle.querySelector("[name=work]").value = data;
    picture.hidden = true;
    end("浏览器验证完成，不用填验证码，请直接登录（5 分钟内有效）。");
    if (held && puzzle.isConnected) form.requestSubmit(held);
  };
  worker.postMessage({ token: puzzle.querySelector("[name=work_token]").value, bits: Number(puzzle.dataset.bits) });
});

on("click", "[data-fill]", (button) => {
  const { entrance, name, password } = button.dataset;
  const form = document.querySelector("[data-sign-in]");
  form.elements.entrance.value = entrance;
  form.elements.name.value = name;
  form.elements.password.value = password;
  form.elements.answer.focus();
});

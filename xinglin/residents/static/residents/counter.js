// How much a remark still takes: said under the text as it grows, and aloud when little is left.
const NEAR = 50;

function counted(text) {
  const line = document.createElement("div");
  line.className = "xl-mini xl-2nd";
  line.setAttribute("aria-live", "polite");
  text.after(line);
  const say = () => {
    const left = text.maxLength - text.value.length;
    line.textContent = text.value ? `已写 ${text.value.length} 字，最多 ${text.maxLength} 字` : "";
    line.classList.toggle("xl-bad", left <= 0);
    line.hidden = !text.value || (left > NEAR && document.activeElement !== text);
  };
  for (const event of ["input", "focus", "blur"]) text.addEventListener(event, say);
  say();
}

document.querySelectorAll("textarea[data-count]").forEach(counted);

// How much a remark takes, under the text all the time: a line that comes and goes moves the button under the mouse.
function counted(text) {
  const line = document.createElement("div");
  line.className = "xl-mini xl-2nd";
  line.setAttribute("aria-live", "polite");
  text.after(line);
  const say = () => {
    const most = `最多 ${text.maxLength} 字`;
    line.textContent = text.value ? `已写 ${text.value.length} 字，${most}` : most;
    line.classList.toggle("xl-bad", text.value.length >= text.maxLength);
  };
  text.addEventListener("input", say);
  say();
}

document.querySelectorAll("textarea[data-count]").forEach(counted);

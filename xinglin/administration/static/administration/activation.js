// The secret of an activation sheet stands behind # in its address: it goes into the form and out of the address bar.
const field = document.querySelector("[data-activation]");
const secret = decodeURIComponent(window.location.hash.slice(1));
if (field && /^[0-9A-Za-z-]{8,64}$/.test(secret)) {
  if (!field.value) field.value = secret;
  window.history.replaceState(null, "", window.location.pathname);
}

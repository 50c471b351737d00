// A form that was sent is not sent again by a second click while the answer is on its way; after a while it may be.
const SENT = "data-sent";
const WAITS_MS = 5000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.hasAttribute(SENT)) {
    event.preventDefault();
    return;
  }
  form.setAttribute(SENT, "");
  setTimeout(() => form.removeAttribute(SENT), WAITS_MS);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll(`form[${SENT}]`)) form.removeAttribute(SENT);
});

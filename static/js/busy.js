// htmx: the region that is being replaced says so, and a failed request leaves it as it was, with a sentence.
import { toast } from "./components/toast-region.js";

const target = (event) => event.detail.target;

document.addEventListener("htmx:beforeRequest", (event) => target(event)?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => target(event)?.removeAttribute("aria-busy"));
document.addEventListener("htmx:responseError", (event) => {
  // An answer that says itself what is wrong has done so already.
  if (!event.detail.xhr.getResponseHeader("HX-Trigger")) toast("The server could not answer that. What you see is unchanged.");
});
document.addEventListener("htmx:sendError", () => toast("There is no connection. What you see is unchanged."));

// htmx gives the focus back to what has the same id. Where that is gone from the region, what took its place gets it.
const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary";
const within = (region) => [...region.querySelectorAll(FOCUSABLE)].filter((element) => element.checkVisibility());
let place = -1;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  place = within(detail.target).indexOf(document.activeElement);
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (place < 0 || document.activeElement !== document.body) return;
  const there = target.id === "main" ? [] : within(target);
  (there[place] ?? there.at(-1) ?? target).focus({ preventScroll: true });
  place = -1;
});

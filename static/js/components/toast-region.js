const SHOWN_MS = 6000;

/** Says something in passing. A server says it with the response header HX-Trigger: {"toast": "…"}. */
export function toast(sentence) {
  document.querySelector("toast-region")?.show(sentence);
}

class ToastRegion extends HTMLElement {
  connectedCallback() {
    document.addEventListener("toast", (event) => this.show(event.detail.value ?? event.detail));
  }

  show(sentence) {
    if ([...this.children].some((shown) => shown.textContent === sentence)) return;
    const note = document.createElement("p");
    note.className = "toast";
    note.textContent = sentence;
    this.append(note);
    setTimeout(() => note.remove(), SHOWN_MS);
  }
}

customElements.define("toast-region", ToastRegion);

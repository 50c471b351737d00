/** Says in words why no passkey could be used; allauth's script tells it by an event. */
class PasskeyTrouble extends HTMLElement {
  connectedCallback() {
    this.onTrouble = (event) => this.tell(event);
    document.addEventListener("allauth.error", this.onTrouble);
    if (!window.PublicKeyCredential) this.say("none");
  }

  disconnectedCallback() {
    document.removeEventListener("allauth.error", this.onTrouble);
  }

  tell(event) {
    event.preventDefault();
    const reasons = { SecurityError: "none", NotSupportedError: "none", InvalidStateError: "known" };
    this.say(reasons[event.detail.exception.name] ?? "stopped");
  }

  say(reason) {
    for (const one of this.querySelectorAll("p")) one.hidden = !(reason in one.dataset);
    this.hidden = false;
  }
}

customElements.define("passkey-trouble", PasskeyTrouble);

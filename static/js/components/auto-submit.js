/** Sends the form inside as soon as a choice in it changes; its own button is for those without JavaScript. */
class AutoSubmit extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) {
        event.target.form.requestSubmit();
      }
    });
  }
}

customElements.define("auto-submit", AutoSubmit);

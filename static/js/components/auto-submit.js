const CHOICES = "select, input[type=checkbox], input[type=radio], input[type=date]";
const opensTheList = ({ key, altKey }) => altKey || key === "Enter" || key === " " || key === "F4";

/**
 * Sends the form inside as soon as a choice in it is made; its own button is for those without JavaScript.
 * The arrows of a closed list and the digits of a date change it at every step: there Enter, or going on, is the choice.
 */
class AutoSubmit extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerdown", () => (this.isStepping = false));
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("change", ({ target }) => this.change(target));
    this.addEventListener("focusout", () => this.send());
  }

  press(event) {
    if (event.key === "Enter" && this.changed) {
      event.preventDefault();
      this.send();
    } else {
      this.isStepping = event.target.matches("select, input[type=date]") && !opensTheList(event);
    }
  }

  change(field) {
    if (!field.matches(CHOICES)) return;
    this.changed = field;
    if (!this.isStepping) this.send();
  }

  send() {
    const form = this.changed?.form;
    this.changed = null;
    form?.requestSubmit();
  }
}

customElements.define("auto-submit", AutoSubmit);

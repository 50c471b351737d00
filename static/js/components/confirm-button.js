/** Asks its data-question before the button inside does its work. Without JavaScript the server asks. */
class ConfirmButton extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.addEventListener("click", (event) => this.ask(event));
  }

  ask(event) {
    if (this.isAnswered) return;
    event.preventDefault();
    this.dialog ??= this.build();
    this.dialog.showModal();
  }

  build() {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    const question = document.createElement("p");
    question.textContent = this.dataset.question;
    const actions = document.createElement("div");
    actions.className = "dialog__actions";
    actions.append(this.choice("Cancel", "button"), this.choice(this.button.textContent.trim(), "button button--danger"));
    dialog.append(question, actions);
    const [cancel, confirm] = actions.children;
    cancel.addEventListener("click", () => dialog.close());
    confirm.addEventListener("click", () => this.proceed());
    return this.appendChild(dialog);
  }

  choice(label, className) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label, className });
    return button;
  }

  proceed() {
    this.dialog.close();
    this.isAnswered = true;
    this.button.click();
    this.isAnswered = false;
  }
}

customElements.define("confirm-button", ConfirmButton);

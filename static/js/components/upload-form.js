import { UploadError, askForPlace, complete, putFile, tooBig } from "../upload.js";

class UploadForm extends HTMLElement {
  connectedCallback() {
    const parts = ["form", "input[type=file]", "[data-drop]", "[data-problem]", "[data-progress]"];
    [this.form, this.input, this.drop, this.problem, this.progress] = parts.map((part) => this.querySelector(part));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.input.addEventListener("change", () => this.check());
    for (const name of ["dragover", "dragleave", "drop"]) this.drop.addEventListener(name, (event) => this.drag(event));
  }

  drag(event) {
    event.preventDefault();
    this.drop.toggleAttribute("data-over", event.type === "dragover");
    if (event.type !== "drop" || !event.dataTransfer.files.length) return;
    this.input.files = event.dataTransfer.files;
    this.check();
  }

  check() {
    const large = [...this.input.files].find((file) => file.size > Number(this.dataset.maxBytes));
    this.say(large ? tooBig(large.name, this.dataset.maxBytes) : "");
    return !large;
  }

  async submit(event) {
    if (!this.input.files.length) return;
    event.preventDefault();
    if (!this.check()) return;
    this.busy(true);
    try {
      await this.send([...this.input.files]);
    } catch (error) {
      this.busy(false);
      this.say(error instanceof UploadError ? error.message : "Something went wrong here. Nothing was kept; please try again.");
    }
  }

  // One after the other: a household's line is the narrow part, and the bar then tells the truth.
  async send(files) {
    const token = this.form.elements.csrfmiddlewaretoken.value;
    const total = files.reduce((sum, file) => sum + file.size, 0) || 1;
    const tickets = [];
    let before = 0;
    for (const file of files) {
      const place = await askForPlace(this.dataset.presignUrl, file, token);
      if (!place) return this.form.submit();
      await putFile(place, file, (loaded) => (this.progress.querySelector("progress").value = (before + loaded) / total));
      before += file.size;
      tickets.push(place.ticket);
    }
    return location.assign((await complete(this.dataset.completeUrl, this.form, tickets, token)).location);
  }

  busy(isBusy) {
    this.progress.hidden = !isBusy;
    this.querySelector("form button:not([type=button])").disabled = isBusy;
  }

  say(sentence) {
    this.problem.hidden = !sentence;
    this.problem.querySelector("p").textContent = sentence;
  }
}

customElements.define("upload-form", UploadForm);

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
    const file = this.input.files[0];
    const isTooBig = file && file.size > Number(this.dataset.maxBytes);
    this.say(isTooBig ? tooBig(file.name, this.dataset.maxBytes) : "");
    return file && !isTooBig;
  }

  async submit(event) {
    if (!this.dataset.presignUrl || !this.input.files.length) return;
    event.preventDefault();
    if (!this.check()) return;
    this.busy(true);
    try {
      await this.send(this.input.files[0]);
    } catch (error) {
      this.busy(false);
      this.say(error instanceof UploadError ? error.message : "Something went wrong here. Nothing was kept; please try again.");
    }
  }

  async send(file) {
    const token = this.form.elements.csrfmiddlewaretoken.value;
    const place = await askForPlace(this.dataset.presignUrl, file, token);
    if (!place) return this.form.submit();
    await putFile(place, file, (loaded, total) => (this.progress.querySelector("progress").value = loaded / total));
    return location.assign((await complete(place.complete_url, this.form, token)).location);
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

const NEXT = { system: "light", light: "dark", dark: "system" };
const LABEL = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
const root = document.documentElement;

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => this.choose(NEXT[this.theme]));
    document.addEventListener("themechange", () => this.label());
    this.label();
  }

  get theme() {
    return root.dataset.theme ?? "system";
  }

  choose(theme) {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      if (theme === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      // Not remembered then; this page still obeys.
    }
    document.dispatchEvent(new CustomEvent("themechange"));
  }

  label() {
    this.querySelector("[data-theme-label]").textContent = LABEL[this.theme];
  }
}

customElements.define("theme-switch", ThemeSwitch);

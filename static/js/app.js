import "./busy.js";
import "./components/auto-submit.js";
import "./components/bar-chart.js";
import "./components/confirm-button.js";
import "./components/keyboard-shortcuts.js";
import "./components/theme-switch.js";
import "./components/toast-region.js";
import "./components/upload-form.js";

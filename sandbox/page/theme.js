// Light or dark: the system's choice until the person makes their own, which this browser remembers.
import { redraw } from "./state.js";

const system = matchMedia("(prefers-color-scheme: dark)");
const own = () => localStorage.getItem("theme");

export const isDark = () => (own() ? own() === "dark" : system.matches);

export function startTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  system.onchange = () => (startTheme(), redraw());
}

export function flipTheme() {
  localStorage.setItem("theme", isDark() ? "light" : "dark");
  startTheme();
  redraw();
}

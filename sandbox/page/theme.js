// Light or dark: the system's choice until the person makes their own, which this browser remembers.
import { redraw } from "./state.js";

const system = matchMedia("(prefers-color-scheme: dark)");
const own = () => localStorage.getItem("theme");

export const isDark = () => (own() ? own() === "dark" : system.matches);

/** Part of each draw, so that the page looks as its button says. */
export function drawTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

export function flipTheme() {
  localStorage.setItem("theme", isDark() ? "light" : "dark");
  redraw();
}

system.addEventListener("change", redraw);

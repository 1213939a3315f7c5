// The bar at the top: who one is, and light or dark.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./messages.js";
import { redraw, refresh, ui, world } from "./state.js";
import { flipTheme, isDark } from "./theme.js";

const ROLES = ["operator", "approver", "admin", "outsider"];

export function topBar() {
  return h(
    "header",
    { key: "top", class: "top" },
    h("h1", {}, "smsops", h("small", {}, " sandbox")),
    h(
      "div",
      { class: "people", role: "group", "aria-label": "You are", "data-testid": "person-switch" },
      world.people.filter((one) => ROLES.includes(one.role)).map(personButton),
    ),
    h(
      "button",
      {
        type: "button",
        class: "icon-btn theme",
        "aria-label": isDark() ? "Light theme" : "Dark theme",
        onclick: flipTheme,
      },
      icon(isDark() ? "sun" : "moon"),
    ),
  );
}

function personButton(one) {
  const [first] = one.name.split(" ");
  return h(
    "button",
    {
      key: one.id,
      type: "button",
      "aria-pressed": String(one.id === ui.user),
      "data-user": one.id,
      onclick: () => become(one.id),
    },
    avatar(one),
    h("span", {}, h("b", {}, first), h("small", {}, one.role)),
  );
}

function become(user) {
  Object.assign(ui, { user, thread: null, home: false });
  refresh();
  redraw();
}

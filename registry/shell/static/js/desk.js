// Keys for going through the rows of a list. Every key presses a button or follows a link that is on the page.
(() => {
  "use strict";
  const find = (selector, root = document) => root.querySelector(selector);
  const pane = () => find("#pane");
  let asked = null; // the row whose part is on its way, so that held keys do not wait for each answer
  let hadFocus = false;

  // On a phone the row that is looked at stands above the list: there the list stays where it is.
  const show = (line) => {
    if (matchMedia("(min-width: 861px)").matches) line.scrollIntoView({ block: "nearest" });
  };

  const mark = (row) => {
    for (const link of document.querySelectorAll("[data-line][aria-current]")) link.removeAttribute("aria-current");
    const line = find(`#line-${row} [data-line]`);
    if (!line) return;
    line.setAttribute("aria-current", "true");
    show(line);
  };

  // A row that another page of the list holds is gone to as a page.
  const follow = (link) => {
    const row = link.dataset.row;
    if (row && !find(`#line-${row}`)) location.href = link.href;
    else link.click();
  };

  const step = (by) => {
    const lines = [...document.querySelectorAll("[data-line]")];
    const now = lines.findIndex((line) => line.closest("li").id === `line-${asked || pane()?.dataset.row}`);
    const next = lines[now + by];
    if (next && now >= 0) next.click();
    else {
      const beyond = find(`[data-key="${by > 0 ? "j" : "k"}"]`, pane() || document);
      if (beyond) follow(beyond);
    }
  };

  const open = (fold) => {
    fold.open = true;
    const field = find("input:not([type=hidden])", fold);
    field.focus();
    field.select();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !find("[data-desk]")) return;
    if (find("#desk-help").open) return;
    if (event.key === "Escape" && event.target.closest("#create")) {
      find("#create").open = false;
      find("#pane-name").focus();
      return;
    }
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const key = { ArrowDown: "j", ArrowUp: "k" }[event.key] || event.key;
    if (key === "Enter" && event.target.closest("a, button, summary") && !event.target.closest("[data-line]")) return;
    if (event.repeat && !["j", "k"].includes(key)) return;
    if (key === "j" || key === "k") {
      event.preventDefault();
      step(key === "j" ? 1 : -1);
      return;
    }
    if (!pane() || !/^([1-9ncu?]|Enter)$/.test(key) || pane().classList.contains("htmx-request")) return;
    const pressed = find(`[data-key="${key}"]`, pane());
    if (!pressed) return;
    event.preventDefault();
    if (key === "c") open(find("#create"));
    else if (pressed.tagName === "A") follow(pressed);
    else pressed.click();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) find("#desk-help").showModal();
    const link = event.target.closest("[data-line], #pane a[data-row]");
    if (link) {
      asked = link.dataset.row || link.closest("li").id.replace("line-", "");
      mark(asked);
    }
  });

  document.addEventListener("htmx:beforeSwap", () => {
    hadFocus = Boolean(pane()?.contains(document.activeElement));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!pane()) return;
    const row = pane().dataset.row;
    if (asked === row || !asked) asked = null;
    mark(row);
    const address = new URL(location.href);
    address.searchParams.set("row", row);
    history.replaceState(history.state, "", address);
    if (hadFocus) find("#pane-name").focus({ preventScroll: true });
  });
  document.addEventListener("DOMContentLoaded", () => {
    const line = find("[data-line][aria-current]");
    if (line) show(line);
  });
})();

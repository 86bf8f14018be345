// The register: choosing firms by tick, range, page or list, and folds of the filter bar that stay as they were opened.
// Without this file every box is ticked by hand and the same form is sent.
(() => {
  "use strict";
  const form = () => document.getElementById("choose");
  const boxes = () => Array.from(document.querySelectorAll('#choose [name="uscc"]'));
  let last = null;

  // Says how many firms are chosen, and keeps the box of the page in step with its rows.
  const tell = () => {
    const status = form()?.querySelector("[data-chosen]");
    if (!status) return;
    const rows = boxes();
    const ticked = rows.filter((box) => box.checked).length;
    const whole = form().querySelector("[data-choose-all]").checked;
    const number = whole ? Number(status.dataset.whole) || Infinity : ticked;
    const named = number === Infinity ? status.dataset.more : number.toLocaleString("en");
    const said = number ? status.dataset.some.replace("{}", named) : status.dataset.none;
    if (status.textContent !== said) status.textContent = said;
    const page = form().querySelector("[data-choose-page]");
    page.checked = ticked === rows.length;
    page.indeterminate = ticked > 0 && ticked < rows.length;
    form().classList.toggle("some-chosen", number > 0);
  };
  const tick = (rows, on) => {
    for (const box of rows) box.checked = on;
  };

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.('#choose [name="uscc"]');
    if (!box) return;
    const rows = boxes();
    if (event.shiftKey && last && rows.includes(last)) {
      const [first, end] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b);
      tick(rows.slice(first, end + 1), box.checked);
    }
    last = box;
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.closest?.("#choose")) return;
    const all = form().querySelector("[data-choose-all]");
    if (box === all) tick(boxes(), all.checked);
    else if (box.matches("[data-choose-page]")) tick(boxes(), box.checked);
    if (box !== all && !box.checked) all.checked = false;
    tell();
  });
  document.addEventListener("DOMContentLoaded", tell);
  document.addEventListener("htmx:afterSettle", tell);
  window.addEventListener("pageshow", tell);

  // Numbers are fetched anew after each choice: the fold that was open stays open, where it was scrolled to, and what
  // had the focus keeps it. htmx gives the focus back before a fold is open again, which is too early.
  let kept = [];
  let focused = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "facets") return;
    kept = Array.from(document.querySelectorAll("#facets details[open]"), (fold) => [fold.id, fold.querySelector(".facet-choices")?.scrollTop ?? 0]);
    focused = document.activeElement?.closest("#facets") ? document.activeElement.id : "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, top] of kept) {
      const fold = document.getElementById(id);
      if (!fold) continue;
      fold.open = true;
      const choices = fold.querySelector(".facet-choices");
      if (choices) choices.scrollTop = top;
    }
    if (kept.length && focused) document.getElementById(focused)?.focus({ preventScroll: true });
    kept = [];
    focused = "";
  });
  // Choices that would reach beyond the edge of the page hang from the other end of their button.
  document.addEventListener("toggle", (event) => {
    const choices = event.target.open && event.target.matches(".facet") && event.target.querySelector(".facet-choices");
    if (!choices) return;
    choices.classList.remove("from-end");
    choices.classList.toggle("from-end", choices.getBoundingClientRect().right > document.documentElement.clientWidth);
  }, true);
  const shut = (except) => {
    for (const fold of document.querySelectorAll("#facets .facet[open]")) if (fold !== except) fold.open = false;
  };
  document.addEventListener("click", (event) => shut(event.target.closest?.(".facet")));
  document.addEventListener("keydown", (event) => {
    const fold = event.key === "Escape" && event.target.closest?.(".facet[open]");
    if (!fold) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });
})();

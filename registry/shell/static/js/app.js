// What pages do beyond links and forms. Everything works without this file; it adds speed and comfort.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const find = (selector, root = document) => root.querySelector(selector);

  // The token travels with every htmx request; plain forms carry it as a field.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = find('meta[name="csrf-token"]');
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
  });

  // htmx leaves the page alone when a request fails: show the server's own words in a corner.
  const say = (title, text) => {
    const corner = find("#toasts");
    const part = find("#toast-part");
    if (!corner || !part) return;
    const message = part.content.cloneNode(true);
    find(".message-title", message).textContent = title;
    find("p", message).textContent = text;
    corner.replaceChildren(message);
  };
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const title = find("h1", page);
    const remedy = find(".error-remedy", page);
    say(title ? title.textContent.trim() : String(event.detail.xhr.status), remedy ? remedy.textContent.trim() : "");
  });
  document.addEventListener("htmx:sendError", () => {
    const part = find("#toast-part");
    if (part) say(part.dataset.offline, part.dataset.offlineRemedy);
  });

  document.addEventListener("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".message")?.remove();
    const toggle = event.target.closest("[data-toggle]");
    if (toggle) {
      const open = document.getElementById(toggle.dataset.toggle).classList.toggle("open");
      toggle.setAttribute("aria-expanded", String(open));
    }
    if (event.target.closest("[data-print]")) window.print();
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard?.writeText(document.getElementById(copy.dataset.copy).textContent.trim()).then(() => {
        find(".bi", copy).className = "bi bi-check-lg";
        copy.setAttribute("aria-label", copy.dataset.copied);
      });
    }
  });

  // A menu closes when one goes on elsewhere, or by Escape.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && find("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    find("summary", menu).focus();
  });

  // "/" goes to the search, unless something is being typed.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const search = find("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  // Filters are folded on a phone. Where the style sheet cannot open them on a wide screen, this does.
  const unfold = () => {
    if (CSS.supports("selector(::details-content)") || !matchMedia("(min-width: 861px)").matches) return;
    for (const fold of document.querySelectorAll(".filter-fold, .facet-fold")) fold.open = true;
  };
  document.addEventListener("DOMContentLoaded", unfold);
  document.addEventListener("htmx:afterSettle", unfold);

  // An address that names a fold opens it.
  const openNamed = () => {
    const named = location.hash && document.getElementById(location.hash.slice(1));
    if (named && named.matches("details")) named.open = true;
  };
  document.addEventListener("DOMContentLoaded", openNamed);
  window.addEventListener("hashchange", openNamed);

  // The drop zone is a file input that fills its frame; here it says what it holds.
  document.addEventListener("change", (event) => {
    const zone = event.target.closest(".drop");
    if (zone && event.target.files) {
      const files = Array.from(event.target.files);
      const limit = Number(event.target.dataset.limit || Infinity) * 1048576;
      const tooLarge = files.some((file) => file.size > limit) ? event.target.dataset.tooLarge : "";
      find(".drop-name", zone).textContent = tooLarge || files.map((file) => file.name).join("、");
      event.target.setCustomValidity(tooLarge);
    }
  });
  for (const [type, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(type, (event) => {
      event.target.closest?.(".drop")?.classList.toggle("over", over);
    });
  }

  // A form that is being sent is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    // A long list takes a while: its button says what is going on.
    const pressed = form.dataset.busy && event.submitter;
    if (pressed) {
      pressed.dataset.waiting = pressed.textContent;
      pressed.textContent = form.dataset.busy;
      pressed.setAttribute("aria-busy", "true");
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[data-waiting]")) {
      button.textContent = button.dataset.waiting;
      delete button.dataset.waiting;
      button.removeAttribute("aria-busy");
    }
  });
})();

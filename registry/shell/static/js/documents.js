// A file that is too large is named before it is sent; the server would refuse it after minutes of waiting.
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-limit]");
    if (!form || !event.target.files) return;
    const large = Array.from(event.target.files).some((file) => file.size > Number(form.dataset.limit));
    event.target.setCustomValidity(large ? form.dataset.limitSaid : "");
    event.target.reportValidity();
    const name = form.querySelector(".drop-name");
    if (large && name) name.textContent = form.dataset.limitSaid;
  });
})();

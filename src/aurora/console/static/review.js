// A draft that is not saved cannot be checked, given to review or left by mistake.
const editor = document.getElementById("editor");
if (editor) {
  const mark = editor.querySelector(".unsaved");
  const acts = document.querySelectorAll("[data-needs-saved]");
  let isUnsaved = false;

  editor.addEventListener("input", () => {
    isUnsaved = true;
    mark.hidden = false;
    for (const button of acts) button.disabled = true;
  });
  editor.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) isUnsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
}

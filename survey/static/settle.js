// Settling two entries of a paper form: what is typed again is what was chosen.
// Without this file the choice is made by hand; the server says when it is missing.

for (const field of document.querySelectorAll("[data-chooses]")) {
  const choice = document.getElementById(field.dataset.chooses);
  field.addEventListener("input", () => {
    if (choice && field.value) choice.checked = true;
  });
  for (const other of choice ? document.getElementsByName(choice.name) : []) {
    other.addEventListener("change", () => {
      if (choice.checked) field.focus();
      else field.value = "";
    });
  }
}

// Typing paper forms: one key a mark, on to the next cell, its meaning beside it.
// Without this file Tab leads on, and the first button says what was typed.

const form = document.getElementById("paper");
const cells = [...form.querySelectorAll("[data-cell]")];
const levels = JSON.parse(form.dataset.levels);
const typed = (cell) => cell.value.normalize("NFC").trim().toLowerCase();
const DAY = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$|^(\d\d)(\d\d)(\d{4})$/;

const marksOf = (cell) =>
  cell.dataset.cell === "level" ? levels : JSON.parse(cell.dataset.marks ?? "{}");

// The meaning of what stands in a cell: "" for nothing, undefined if it has none.
function meaning(cell) {
  const words = typed(cell);
  if (!words) return "";
  const marks = marksOf(cell);
  if (cell.dataset.cell === "several") {
    const found = words.split(/[\s,;.+]+/).filter(Boolean).map((one) => marks[one]);
    return found.includes(undefined) ? undefined : found.join("; ");
  }
  if (words in marks) return marks[words];
  const day = cell.dataset.cell === "date" && DAY.exec(words);
  return day ? day.slice(1).filter(Boolean).join("/") : undefined;
}

function echo(cell) {
  const shown = document.getElementById(`${cell.id}-echo`);
  if (!shown) return;
  const words = meaning(cell);
  shown.textContent = words ?? form.dataset.unknown;
  shown.classList.toggle("is-unknown", words === undefined);
}

// A follow-up is passed over while the cells it depends on do not ask for it. A rating
// is only greyed, and only by a fact that rules it out: what stands on paper is typed.
function isAsked(cell) {
  const only = JSON.parse(cell.dataset.only ?? "{}");
  return Object.entries(only).every(([code, marks]) => {
    const other = document.getElementById(code);
    const words = other ? typed(other) : "";
    if (cell.dataset.cell === "level" && !words) return true;
    return !other || marks.includes(words);
  });
}

const isPassed = (cell) =>
  cell.dataset.cell !== "level" && !cell.value && !isAsked(cell);

function dim() {
  for (const cell of cells) {
    cell.closest(".paper__cell")?.classList.toggle("is-passed", !isAsked(cell));
  }
}

function go(from, step) {
  let place = cells.indexOf(from) + step;
  while (cells[place] && isPassed(cells[place])) place += step;
  const next = cells[place] ?? (step > 0 ? document.getElementById("save") : null);
  next?.focus();
  if (next?.select) next.select();
}

// Full: no longer mark begins with what was typed.
function isFull(cell) {
  const words = typed(cell);
  if (["level", "scale", "choice"].includes(cell.dataset.cell)) return words in marksOf(cell);
  return cell.dataset.cell === "date" && /^\d{8}$|^\d\d\/\d\d\/\d{4}$/.test(words);
}

for (const cell of cells) {
  cell.addEventListener("input", (event) => {
    echo(cell);
    dim();
    const isTyping = event.inputType !== "deleteContentBackward";
    if (isTyping && isFull(cell)) go(cell, 1);
  });
  cell.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const isText = cell.tagName === "TEXTAREA";
    const isList = cell.tagName === "SELECT" || cell.hasAttribute("list");
    if (event.key === "Enter" && !(isText && event.shiftKey)) go(cell, 1);
    else if (event.key === "ArrowUp" && !isText && !isList) go(cell, -1);
    else if (event.key === "ArrowDown" && !isText && !isList) go(cell, 1);
    else return;
    event.preventDefault();
  });
  echo(cell);
}
dim();

// Straight to work: what is wrong first, else the first cell that waits.
if (!document.getElementById("error-summary")) {
  (cells.find((cell) => !cell.value) ?? cells[0]).focus();
}

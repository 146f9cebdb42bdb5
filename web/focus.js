// Keeps the focus on the page: when what has it goes away, browsers leave it with nothing, and whoever uses the keyboard
// begins at the top again.

const CONTROLS = "button:enabled, input:enabled, select:enabled, textarea:enabled, a[href], summary, [tabindex='0']";

/** What had the focus, the latest first. */
let past = [];

addEventListener("focusin", ({ target }) => {
  past = [target, ...past.filter((element) => element !== target && element.isConnected)].slice(0, 20);
});

const isSeen = (element) => element.checkVisibility?.() ?? element.getClientRects().length > 0;

const controlsIn = (element) => [...element.querySelectorAll(CONTROLS)].filter(isSeen);

/**
 * Where to go from what went away: of a list, to the control that is now in its place, or what follows the list; of
 * anything else, such as an editor or a dialog, to what had the focus before in the same part of the page, or stands
 * before it there, since that opened it.
 */
function next({ target, previousSibling }, gone) {
  const before = previousSibling?.isConnected ? previousSibling : null;
  const follows = (control) => (before ?? target).compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING && !before?.contains(control);
  if (gone.nodeName !== "LI") {
    const opener = past.find((element) => element !== target && target.contains(element) && isSeen(element));
    const last = controlsIn(target).filter((control) => !follows(control)).at(-1);
    if (opener ?? last) return opener ?? last;
  }
  const controls = controlsIn(target.closest("dialog, section, main") ?? document.body);
  return controls.find(follows) ?? controls.at(-1);
}

const isLost = () => past.length > 0 && !past[0].isConnected && document.activeElement === document.body;

new MutationObserver((records) => {
  if (!isLost()) return;
  for (const record of records) {
    const gone = [...record.removedNodes].find((node) => node.contains(past[0]));
    // Later, or the key that had it removed is pressed on what gets the focus, too.
    if (gone && record.target.isConnected) return setTimeout(() => isLost() && next(record, gone)?.focus());
  }
}).observe(document.getElementById("app"), { childList: true, subtree: true });

// Closes or takes away what lies over the content; returns the texts of what was in the way.
const wellFormed = (text) => new TextDecoder().decode(new TextEncoder().encode(text));
const isArtworkList = (element) => element.querySelector('a[href*="/asset/"][data-bgsrc]') !== null;
const removed = [];
for (let round = 0; round < 5; round += 1) {
  let element = document.elementFromPoint(window.innerWidth / 2, window.innerHeight / 2);
  while (element && element !== document.body && element !== document.documentElement) {
    const position = getComputedStyle(element).position;
    if ((position === 'fixed' || position === 'sticky') && !isArtworkList(element)) { break; }
    element = element.parentElement;
  }
  if (!element || element === document.body || element === document.documentElement) { break; }
  const buttons = Array.from(element.querySelectorAll('button, [role=button]'));
  const closing = buttons.find((button) =>
    /close|dismiss|no thanks|not now|got it|reject|schlie|×/i.test(
      `${button.textContent} ${button.getAttribute('aria-label') || ''}`));
  removed.push(wellFormed(element.textContent.trim().slice(0, 80)));
  if (closing) { closing.click(); }
  if (element.isConnected && getComputedStyle(element).display !== 'none') { element.remove(); }
}
for (const root of [document.documentElement, document.body]) {
  if (root && getComputedStyle(root).overflowY === 'hidden') {
    root.style.setProperty('overflow', 'auto', 'important');
  }
}
return removed;

// Answers what stands between us and the tiles: refuses where refusal is offered. Argument:
//   'consent'  the forms of a consent page; agrees where nothing else is offered
//   'choice'   the forms of a page that may be one; clicks a refusal only
//   'overlay'  what lies over the content; it is answered if it offers a refusal, closed or taken away otherwise
// Returns what was done, as the ends of sentences: "was answered: refused by 'No'".
//
// What a button does is read from what the form sends and how its parts are named, which no translation
// changes; words of some languages help only where the form says nothing.
// What a person may read of a text: one line, no control characters, no half surrogate pair.
const shorten = (text) => new TextDecoder().decode(new TextEncoder().encode(
  text.replace(/[\s\p{C}]+/gu, ' ').trim().slice(0, 80)));
const REFUSING = /reject|refus|deny|denied|declin|disagree|necessary|essential|opt.?out|\beom\b/i;
const ACCEPTING = /accept|agree|allow|grant|opt.?in|\ball\b/i;
const NO = /^(0|no|n|false|off|none|minimal)$/i;
const YES = /^(1|yes|y|true|on)$/i;
const REFUSING_WORDS = new RegExp('reject|refus|decline|no thanks|not now|ablehn|rechaz|rifiut|recus|rejeit|weiger|afwijz|'
  + 'odrzu|avvis|avslå|afvis|neka|hylk|elutas|odmít|отклон|отказ|відхил|απόρριψ|reddet|拒|不同意|거부|رفض|דח|अस्वीकार|'
  + 'từ chối|tolak|ปฏิเสธ|necessar|nécessaire|notwendig', 'i');
const ACCEPTING_WORDS = new RegExp('accept|agree|allow|zustimm|akzept|annehm|acept|accett|aceit|akkoord|zgadz|akcept|'
  + 'godta|godkän|hyväks|elfogad|přijm|souhlas|принят|принима|прийня|αποδοχ|kabul|同意|接受|동의|قبول|אישור|'
  + 'स्वीकार|đồng ý|setuju|ยอมรับ', 'i');
const CLOSING_WORDS = /close|dismiss|got it|schlie|×/i;
const BUTTONS = 'button, input[type=submit], [role=button]';

// +1: a refusal, -1: an acceptance, 0: nothing known.
const judgeField = (name, value) => {
  const spoken = name.replace(/[_-]/g, ' ');
  if (REFUSING.test(spoken) || REFUSING.test(value)) { return NO.test(value) ? -1 : 1; }
  if (ACCEPTING.test(value)) { return -1; }   // a name such as "accept" says nothing without its value
  return NO.test(value) ? 1 : YES.test(value) ? -1 : 0;
};
const labelOf = (button) => shorten(button.textContent.trim() || button.value || button.getAttribute('aria-label') || '');
const judge = (button) => {
  const sent = button.value ? judgeField(button.name || '', button.value) : 0;
  if (sent) { return 4 * sent; }
  const names = [button.id, button.className, button.getAttribute('formaction'), ...Object.keys(button.dataset),
    ...Object.values(button.dataset)].filter((part) => typeof part === 'string').join(' ').replace(/[_-]/g, ' ');
  if (REFUSING.test(names)) { return 3; }
  if (ACCEPTING.test(names)) { return -3; }
  const form = button.form;
  if (form && form.querySelectorAll('button, input[type=submit]').length === 1) {
    if (REFUSING.test(form.getAttribute('action') || '')) { return 2; }
    const fields = Array.from(form.querySelectorAll('input[type=hidden]'));
    const named = fields.find((input) => REFUSING.test(input.name.replace(/[_-]/g, ' ')));
    if (named) { return NO.test(named.value) ? -2 : 2; }
    const sum = fields.reduce((total, input) => total + judgeField(input.name, input.value), 0);
    if (sum) { return sum > 0 ? 2 : -2; }
  }
  return 0;
};
const judgeWords = (button) => {
  const words = `${labelOf(button)} ${button.getAttribute('aria-label') || ''}`;
  return REFUSING_WORDS.test(words) ? 0.5 : ACCEPTING_WORDS.test(words) ? -0.5 : 0;
};
// The button to click among those in some elements, refusals first, and whether it is one.
const choose = (places) => {
  const buttons = places.flatMap((place) => Array.from(place.querySelectorAll(BUTTONS)));
  const judged = buttons.map((button) => [button, judge(button) + judgeWords(button)]);
  const refusing = judged.reduce((left, right) => (right[1] > left[1] ? right : left), [null, 0])[0];
  return [refusing || (judged.find(([, score]) => score < 0) || judged[0] || [null])[0], refusing !== null];
};
const answer = (button, isRefusal) => {
  const label = labelOf(button);   // before the click changes it
  button.click();
  return `was answered: ${isRefusal ? 'refused' : 'agreed, because no refusal was offered,'} by '${label}'`;
};

const answerForms = (mustRefuse) => {
  const forms = Array.from(document.querySelectorAll('form')).filter((form) => form.querySelector(BUTTONS));
  const [button, isRefusal] = choose(forms.length ? forms : [document.body]);
  return button && (isRefusal || !mustRefuse) ? [answer(button, isRefusal)] : [];
};

const isArtworkList = (element) => element.querySelector('a[href*="/asset/"][data-bgsrc]') !== null;
const findOverlay = () => {
  let element = document.elementFromPoint(window.innerWidth / 2, window.innerHeight / 2);
  while (element && element !== document.body && element !== document.documentElement) {
    const position = getComputedStyle(element).position;
    if ((position === 'fixed' || position === 'sticky') && !isArtworkList(element)) { return element; }
    element = element.parentElement;
  }
  return null;
};
const clearView = () => {
  const done = [];
  for (let round = 0; round < 5; round += 1) {
    const overlay = findOverlay();
    if (!overlay) { break; }
    const label = shorten(overlay.textContent);
    const [button, isRefusal] = choose([overlay]);
    const closing = Array.from(overlay.querySelectorAll(BUTTONS)).find((one) =>
      CLOSING_WORDS.test(`${one.textContent} ${one.getAttribute('aria-label') || ''}`));
    if (isRefusal) { done.push(answer(button, true)); } else {
      if (closing) { closing.click(); }
      done.push(`was ${closing ? 'closed' : 'taken away'}: '${label}'`);
    }
    if (overlay.isConnected && getComputedStyle(overlay).display !== 'none') { overlay.remove(); }
  }
  for (const root of [document.documentElement, document.body]) {
    if (root && getComputedStyle(root).overflowY === 'hidden') { root.style.setProperty('overflow', 'auto', 'important'); }
  }
  return done;
};
return arguments[0] === 'overlay' ? clearView() : answerForms(arguments[0] === 'choice');

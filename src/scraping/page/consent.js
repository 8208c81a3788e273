// Answers a consent page or a banner: refuses where refusal is offered. Arguments: the element to look in
// (null: the consent forms of the page). Returns {label, isRefusal}, or null where there is no button.
//
// What a button does is read from what the form sends and how its parts are named, which no translation
// changes; words of some languages help only where the form says nothing.
const wellFormed = (text) => new TextDecoder().decode(new TextEncoder().encode(text));
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

// +1: a refusal, -1: an acceptance, 0: nothing known.
const judgeField = (name, value) => {
  const spoken = name.replace(/[_-]/g, ' ');
  if (REFUSING.test(spoken) || REFUSING.test(value)) { return NO.test(value) ? -1 : 1; }
  if (ACCEPTING.test(value)) { return -1; }
  if (ACCEPTING.test(spoken) || spoken === '') { return NO.test(value) ? 1 : YES.test(value) ? -1 : 0; }
  return NO.test(value) ? 1 : YES.test(value) ? -1 : 0;
};
const labelOf = (button) =>
  `${button.textContent} ${button.type === 'submit' ? button.value || '' : ''} ${button.getAttribute('aria-label') || ''}`
    .replace(/\s+/g, ' ').trim();
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
const judgeWords = (label) => (REFUSING_WORDS.test(label) ? 1 : ACCEPTING_WORDS.test(label) ? -1 : 0);

const root = arguments[0];
const places = root ? [root]
  : Array.from(document.querySelectorAll('form')).filter((form) => form.querySelector('button, input[type=submit]'));
const buttons = places.flatMap((place) => Array.from(place.querySelectorAll('button, input[type=submit], [role=button]')));
const judged = buttons.map((button) => [button, judge(button) + 0.5 * judgeWords(labelOf(button))]);
const refusing = judged.reduce((left, right) => (right[1] > left[1] ? right : left), [null, 0])[0];
if (!refusing && root) { return null; }   // a banner is taken away rather than agreed to
const button = refusing || (judged.find(([, score]) => score < 0) || judged[0] || [null])[0];
if (!button) { return null; }
const shown = button.textContent.trim() || button.value || button.getAttribute('aria-label') || '';
const answer = { label: wellFormed(shown.replace(/\s+/g, ' ').slice(0, 80)), isRefusal: button === refusing };
button.click();
return answer;

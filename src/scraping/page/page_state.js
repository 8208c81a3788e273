// What kind of page this is. Texts are made well-formed: half a surrogate pair cannot cross WebDriver.
const wellFormed = (text) => new TextDecoder().decode(new TextEncoder().encode(text));
const text = document.body ? wellFormed(document.body.innerText.slice(0, 3000)) : '';
const navigation = performance.getEntriesByType('navigation')[0];
const anchors = Array.from(document.querySelectorAll('a[href*="/asset/"]'));
const isArtwork = (anchor) => anchor.host === location.host
  && /^\/asset\/(?:[^\/]*\/)?[A-Za-z0-9_-]{14}\/?$/.test(anchor.pathname);
const artworks = anchors.filter(isArtwork).length;
const hasData = Boolean(window.INIT_data && Object.keys(window.INIT_data).length);
const has = (selector) => document.querySelector(selector) !== null;
return {
  address: wellFormed(location.href), title: wellFormed(document.title), text,
  size: document.documentElement ? document.documentElement.innerHTML.length : 0, readyState: document.readyState,
  status: navigation ? navigation.responseStatus || 0 : 0,
  links: anchors.length, artworks, hasData,
  images: document.querySelectorAll('[data-bgsrc]').length,
  // A page with artworks or data is no captcha page, whatever its footer loads.
  hasCaptcha: !artworks && !hasData && (/^\/sorry\b/.test(location.pathname)
    || has('form[action*="/sorry"], #captcha-form') || /unusual traffic from your (computer )?network/i.test(text)),
  hasCaptchaWidget: !artworks && has('.g-recaptcha, iframe[src*="captcha"], .h-captcha'),
  // A form of buttons alone, with nothing to write into, may ask for consent too.
  hasChoice: !artworks && !hasData && Array.from(document.forms).some((form) =>
    form.querySelector('button, input[type=submit]')
    && !form.querySelector('textarea, select, input:not([type=hidden]):not([type=submit]):not([type=button])')),
  hasConsent: !artworks && (/(^|\.)consent\./.test(location.hostname) || /\/consent\b/.test(location.pathname)
    || has('form[action*="consent"]')),
  failures: window.__listing ? window.__listing.failures.slice(0, 3) : [],
};

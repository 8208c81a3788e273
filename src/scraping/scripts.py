"""The JavaScript that runs in the page, and nothing else.

:data:`LISTENER` is installed before the page's own script. It keeps what the page loads by itself
and holds the two parts of the listing, both driven by events and not by sleeping:

- a pump that harvests the tiles in the page, takes harvested tiles out of the page, and scrolls to
  the end so that the page loads more. It runs on by itself;
- ``drain``, which hands over what has come together, so that one round trip brings many tiles.

Tiles are found by what the site has kept since 2019, the addresses; never by class names.
"""

from typing import Final

LISTENER: Final = r"""
(() => {
  if (window !== window.top || window.__listing) { return; }
  const MAXIMUM_WAITING_TILES = 3000;   // the pump rests until Python has caught up
  const TILES_LEFT_IN_PAGE = 90;        // more than a window full, so that the page's end stays below it
  const ARTWORK = /\/asset\/(?:[^\/?#]*\/)?([A-Za-z0-9_-]{14})\/?(?:[?#].*)?$/;
  const state = {
    answers: [], failures: [], tiles: [], known: new Set(), harvested: new WeakSet(), drawn: [],
    inFlight: 0, started: 0, scrolls: 0, lastNews: performance.now(), lastAnswer: 0, isRunning: false,
    limit: Infinity, pause: [0, 0], nudgeAfter: 400, wakers: [], repeats: 0,
  };
  Object.defineProperty(window, '__listing', { value: state });

  const wake = () => { for (const resume of state.wakers.splice(0)) { resume(); } };
  const next = (milliseconds) => new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    state.wakers.push(() => { clearTimeout(timer); resolve(); });
  });
  const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); setTimeout(resolve, 50); });

  // ---- what the page loads by itself
  const keep = (address, status, text, milliseconds) => {
    state.lastAnswer = milliseconds;
    if (status < 200 || status >= 400) {
      state.failures.push({ address: String(address), status, text: text.slice(0, 4000) });
    } else if (text.includes('AssetsQuery:') || text.includes('/asset/')) {
      state.answers.push(text);
    } else if (/captcha|unusual traffic|\/sorry\//i.test(text.slice(0, 20000))) {
      state.failures.push({ address: String(address), status, text: text.slice(0, 4000) });
    }
    wake();
  };
  const textOf = (request) => {
    try {
      if (request.responseType === '' || request.responseType === 'text') { return request.responseText || ''; }
      if (request.responseType === 'json') { return JSON.stringify(request.response) || ''; }
      if (request.responseType === 'arraybuffer') { return new TextDecoder().decode(request.response); }
    } catch (error) { /* an aborted request has no text */ }
    return '';
  };
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    const began = performance.now();
    this.addEventListener('loadstart', () => { state.inFlight += 1; });
    this.addEventListener('loadend', () => {
      state.inFlight -= 1;
      keep(this.responseURL || address, this.status, textOf(this), performance.now() - began);
    });
    return open.call(this, method, address, ...rest);
  };
  const fetchOfPage = window.fetch;
  window.fetch = async function (resource, ...rest) {
    const began = performance.now();
    const address = resource && resource.url ? resource.url : resource;
    state.inFlight += 1;
    try {
      const answer = await fetchOfPage.call(this, resource, ...rest);
      const type = answer.headers.get('content-type') || '';
      if (!answer.ok || /json|text|javascript/.test(type)) {
        answer.clone().text().catch(() => '')
          .then((text) => keep(answer.url || address, answer.status, text, performance.now() - began));
      }
      return answer;
    } catch (error) {
      keep(address, 0, '', performance.now() - began);
      throw error;
    } finally { state.inFlight -= 1; }
  };

  // ---- tiles
  const drawnImage = (anchor) => {
    const match = /url\(["']?([^"')]+)/.exec(anchor.style.backgroundImage || '');
    return match ? match[1] : null;
  };
  const harvest = () => {
    let fresh = 0;
    for (const anchor of document.querySelectorAll('a[href*="/asset/"]')) {
      if (state.harvested.has(anchor)) { continue; }
      const href = anchor.getAttribute('href');
      const match = ARTWORK.exec(href);
      if (!match) { continue; }
      state.harvested.add(anchor);
      state.drawn.push(anchor);
      if (state.known.has(match[1])) { state.repeats += 1; continue; }
      state.known.add(match[1]);
      state.tiles.push([match[1], href, anchor.getAttribute('data-bgsrc') || drawnImage(anchor)]);
      fresh += 1;
    }
    if (fresh) { state.lastNews = performance.now(); state.repeats = 0; }
    return fresh;
  };
  const prune = () => {
    while (state.drawn.length > TILES_LEFT_IN_PAGE) {
      const anchor = state.drawn.shift();
      const holder = anchor.parentElement;
      if (!holder) { continue; }
      const isAlone = holder !== document.body && holder.firstElementChild === anchor
        && holder.querySelectorAll('a[href*="/asset/"]').length === 1;
      (isAlone ? holder : anchor).remove();
    }
  };

  // ---- scrolling
  const scrollToEnd = () => {
    state.scrolls += 1;
    const page = document.scrollingElement || document.documentElement;
    page.scrollTop = page.scrollHeight;
    if (state.drawn.length) {
      // the list may scroll in a box of its own
      let box = state.drawn[state.drawn.length - 1].parentElement;
      while (box && box !== document.body) {
        if (box.scrollHeight > box.clientHeight + 1) { box.scrollTop = box.scrollHeight; }
        box = box.parentElement;
      }
    }
  };
  // A page may wait for a scroll event, or for a watched element to come into view again: so the end is
  // left for one frame and then reached anew, even where harvested tiles have just made the page shorter.
  const reachEndAnew = async () => {
    const page = document.scrollingElement || document.documentElement;
    page.scrollTop = Math.max(0, page.scrollHeight - 4 * window.innerHeight);
    await frame();
    scrollToEnd();
  };
  const nudge = async () => {
    await reachEndAnew();
    await frame();
    window.dispatchEvent(new Event('scroll'));
    document.dispatchEvent(new Event('scroll'));
    window.dispatchEvent(new Event('resize'));
  };
  const pump = async () => {
    let lastScroll = performance.now();
    let isFirst = true;
    while (state.isRunning) {
      const fresh = harvest();
      if (fresh) { wake(); }
      prune();
      if (state.known.size >= state.limit) { state.isRunning = false; wake(); break; }
      if (state.tiles.length > MAXIMUM_WAITING_TILES) { await next(1000); continue; }
      if (!state.drawn.length) { await next(100); continue; }   // nothing to scroll yet
      if (fresh || isFirst) {
        isFirst = false;
        const [shortest, longest] = state.pause;
        if (longest > 0) { await sleep(shortest + Math.random() * (longest - shortest)); }
        await reachEndAnew();
        lastScroll = performance.now();
      } else if (!state.inFlight && performance.now() - lastScroll > Math.max(state.nudgeAfter, state.pause[1])) {
        lastScroll = performance.now();
        await nudge();
      }
      await next(100);
    }
  };
  state.start = (settings) => {
    Object.assign(state, { limit: settings.limit, pause: settings.pause, nudgeAfter: settings.nudgeAfter });
    if (state.isRunning) { return; }
    state.isRunning = true;
    state.lastNews = performance.now();
    new MutationObserver(wake).observe(document, {
      childList: true, subtree: true, attributes: true, attributeFilter: ['href', 'data-bgsrc'],
    });
    pump();
  };
  state.drain = async (minimum, milliseconds) => {
    const end = performance.now() + milliseconds;
    while (state.isRunning && state.tiles.length < minimum && !state.failures.length && performance.now() < end) {
      await next(Math.max(1, end - performance.now()));
    }
    const report = {
      tiles: state.tiles.splice(0), answers: state.answers.splice(0), failures: state.failures.splice(0),
      inFlight: state.inFlight, scrolls: state.scrolls, repeats: state.repeats,
      quiet: performance.now() - state.lastNews, isRunning: state.isRunning, answerTime: state.lastAnswer,
      address: location.href,
    };
    state.scrolls = 0;
    wake();
    return report;
  };
})();
"""
"""Installed in every new document before the page's own script."""

START: Final = "window.__listing.start(arguments[0]);"
"""Start the pump; argument: ``{limit, pause: [shortest, longest] ms, nudgeAfter: ms}``."""

STOP: Final = "if (window.__listing) { window.__listing.isRunning = false; }"
"""Stop the pump."""

DRAIN: Final = """
const done = arguments[arguments.length - 1];
if (!window.__listing) { done(null); } else {
  if (arguments[2]) { window.__listing.pause = arguments[2]; }
  window.__listing.drain(arguments[0], arguments[1]).then(done, () => done(null));
}
"""
"""Wait for tiles (arguments: how many, how long in ms, pause or null) and hand over what there is."""

PAGE_DATA: Final = """
try { return window.INIT_data ? JSON.stringify(window.INIT_data) : null; } catch (error) { return null; }
"""
"""What the page embeds, as JSON text."""

PAGE_STATE: Final = r"""
const text = document.body ? document.body.innerText.slice(0, 3000) : '';
const html = document.documentElement ? document.documentElement.innerHTML.length : 0;
const navigation = performance.getEntriesByType('navigation')[0];
const anchors = Array.from(document.querySelectorAll('a[href*="/asset/"]'));
const isArtwork = (anchor) =>
  /\/asset\/(?:[^\/?#]*\/)?[A-Za-z0-9_-]{14}\/?(?:[?#].*)?$/.test(anchor.getAttribute('href'));
return {
  address: location.href, title: document.title, text, size: html, readyState: document.readyState,
  status: navigation ? navigation.responseStatus || 0 : 0,
  links: anchors.length, artworks: anchors.filter(isArtwork).length,
  images: document.querySelectorAll('[data-bgsrc]').length,
  hasData: Boolean(window.INIT_data && Object.keys(window.INIT_data).length),
  hasListener: Boolean(window.__listing),
  hasCaptcha: /\/sorry\//.test(location.href)
    || Boolean(document.querySelector('form[action*="/sorry"], #captcha-form, .g-recaptcha, iframe[src*="recaptcha"]'))
    || /unusual traffic from your computer/i.test(text),
  hasConsent: /(^|\.)consent\./.test(location.hostname) || /\/consent\b/.test(location.pathname)
    || Boolean(document.querySelector('form[action*="consent"]')),
  failures: window.__listing ? window.__listing.failures.slice(0, 3) : [],
};
"""
"""What kind of page this is."""

ANSWER_CONSENT: Final = r"""
const forms = Array.from(document.querySelectorAll('form[action*="consent"], form[action*="/save"]'));
const buttons = forms.flatMap((form) => Array.from(form.querySelectorAll('button, input[type=submit]')));
const label = (button) => `${button.textContent} ${button.value || ''} ${button.getAttribute('aria-label') || ''}`;
const refusal = /reject|refuse|decline|ablehnen|refuser|rechazar|rifiuta/i;
const refusing = buttons.find((button) => refusal.test(label(button)));
const button = refusing || buttons[0];
if (!button) { return null; }
const name = label(button).trim();
button.click();
return name;
"""
"""Answer a consent page, refusing what can be refused; returns the button's label or null."""

DISMISS_OVERLAY: Final = r"""
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
  removed.push(element.textContent.trim().slice(0, 80));
  if (closing) { closing.click(); }
  if (element.isConnected && getComputedStyle(element).display !== 'none') { element.remove(); }
}
for (const root of [document.documentElement, document.body]) {
  if (root && getComputedStyle(root).overflowY === 'hidden') {
    root.style.setProperty('overflow', 'auto', 'important');
  }
}
return removed;
"""
"""Close or take away what lies over the content; returns the texts of what was in the way."""

// Installed in every new document before the page's own script: see src/scraping/scripts.py.
(() => {
  // A dialog would hold the page, and us with it; frames have dialogs too.
  window.alert = () => undefined;
  window.confirm = () => false;
  window.prompt = () => null;
  window.print = () => undefined;
  if (window !== window.top || window.__listing) { return; }
  const MAXIMUM_WAITING_TILES = 3000;   // the pump rests until Python has caught up
  const TILES_LEFT_IN_PAGE = 90;        // more than a window full, so that the page's end stays below it
  const ARTWORK = /^\/asset\/(?:[^\/]*\/)?([A-Za-z0-9_-]{14})\/?$/;   // the path of a link of the site's own
  const PICTURE = /^\s*(?:https?:)?\/\//i;   // lazy pages put data: placeholders where the address will be
  const state = {
    answers: [], failures: [], tiles: [], known: new Set(), harvested: new WeakMap(), drawn: [],
    inFlight: 0, lastNews: performance.now(), isRunning: false,
    limit: Infinity, pause: [0, 0], nudgeAfter: 400, wakers: [], repeats: 0,
    color: '', colors: [], isCareful: false, clicked: new WeakMap(),
  };
  Object.defineProperty(window, '__listing', { value: state });

  const wake = () => { for (const resume of state.wakers.splice(0)) { resume(); } };
  const next = (milliseconds) => new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    state.wakers.push(() => { clearTimeout(timer); resolve(); });
  });
  const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); setTimeout(resolve, 50); });

  // Half a surrogate pair cannot cross WebDriver: it becomes a replacement character.
  const wellFormed = (text) => new TextDecoder().decode(new TextEncoder().encode(text));

  window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true);

  // ---- what the page loads by itself. A page asks for much more than its list: Python tells by the request
  // (address and body) whether an answer continues the list, and whether a failure is one of the list's.
  const keep = (asked, finalAddress, status, text) => {
    const request = wellFormed(`${asked.address} ${typeof asked.body === 'string' ? asked.body : ''}`);
    const hasFailed = status < 200 || status >= 400;
    if (!hasFailed && (text.includes('AssetsQuery:') || text.includes('/asset/'))) {
      state.answers.push({ request, text: wellFormed(text), milliseconds: performance.now() - asked.began });
    } else if (hasFailed || /captcha|unusual traffic|\/sorry\//i.test(text.slice(0, 20000))) {
      const isOwn = URL.canParse(asked.address, document.baseURI)
        && new URL(asked.address, document.baseURI).host === location.host;
      state.failures.push({ request, isOwn, status, text: wellFormed(`${finalAddress} ${text.slice(0, 4000)}`) });
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
  const send = XMLHttpRequest.prototype.send;
  const requests = new WeakMap();
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    if (!requests.has(this)) {
      this.addEventListener('loadstart', () => { state.inFlight += 1; });
      this.addEventListener('loadend', () => {
        state.inFlight -= 1;
        keep(requests.get(this), this.responseURL, this.status, textOf(this));
      });
    }
    requests.set(this, { address: String(address), body: null, began: performance.now() });
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (requests.has(this)) { requests.get(this).body = body; }
    return send.call(this, body);
  };
  const fetchOfPage = window.fetch;
  window.fetch = async function (resource, ...rest) {
    const address = String(resource && resource.url ? resource.url : resource);
    const asked = { address, body: rest.length && rest[0] ? rest[0].body : null, began: performance.now() };
    state.inFlight += 1;
    try {
      const answer = await fetchOfPage.call(this, resource, ...rest);
      const type = answer.headers.get('content-type') || '';
      if (!answer.ok || /json|text|javascript/.test(type)) {
        answer.clone().text().catch(() => '')
          .then((text) => keep(asked, answer.url, answer.status, text));
      }
      return answer;
    } catch (error) {
      keep(asked, '', 0, '');
      throw error;
    } finally { state.inFlight -= 1; }
  };

  // ---- tiles
  const imageOf = (anchor) => {
    const drawn = /url\(["']?([^"')]+)/.exec(anchor.style.backgroundImage || '');
    const image = [anchor.getAttribute('data-bgsrc'), drawn && drawn[1]].find((one) => one && PICTURE.test(one));
    return image ? wellFormed(image) : null;
  };
  // A page may hold the tiles of several colours in containers of their own.
  const containerOf = (anchor) => {
    let element = anchor.closest('[data-color]');
    while (element && !state.colors.includes(element.dataset.color.toUpperCase())) {
      element = element.parentElement && element.parentElement.closest('[data-color]');
    }
    return element ? element.dataset.color.toUpperCase() : null;
  };
  const harvest = () => {
    let fresh = 0;
    const hasOwn = Array.from(document.querySelectorAll('[data-color]')).some((element) =>
      element.dataset.color.toUpperCase() === state.color && element.querySelector('a[href*="/asset/"]'));
    for (const anchor of document.querySelectorAll('a[href*="/asset/"]')) {
      const written = anchor.getAttribute('href');
      if (state.harvested.get(anchor) === written) { continue; }   // a virtual list gives an element new content
      const href = wellFormed(written);
      const place = URL.canParse(href, document.baseURI) ? new URL(href, document.baseURI) : anchor;
      const match = place.host === location.host && ARTWORK.exec(place.pathname);
      if (!match) { continue; }
      const container = containerOf(anchor);
      if (container !== state.color && (container || hasOwn)) { continue; }
      const isNew = !state.harvested.has(anchor);
      if (isNew) { state.drawn.push(anchor); }
      state.harvested.set(anchor, written);
      if (state.known.has(match[1])) { state.repeats += isNew ? 1 : 0; continue; }
      state.known.add(match[1]);
      state.tiles.push([match[1], href, imageOf(anchor)]);
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
  const lastTile = () => {
    for (let at = state.drawn.length - 1; at >= 0; at -= 1) {
      if (state.drawn[at].isConnected) { return state.drawn[at]; }
    }
    return null;
  };
  // A page may wait for a scroll event, or for a watched element to come into view again: so the end is
  // left for a frame and then reached anew, even where harvested tiles have just made the page shorter.
  // Observers run at the end of a frame, so two frames have to pass before what they see is sure; and the
  // watched element may stand above a footer higher than the window. That is slower, and so it is done
  // only on pages that need it.
  const reachEndAnew = async () => {
    const page = document.scrollingElement || document.documentElement;
    page.scrollTop = Math.max(0, page.scrollHeight - 4 * window.innerHeight);
    await frame();
    if (state.isCareful) {
      page.scrollTop = 0;
      await frame(); await frame();
      const tile = lastTile();
      if (tile) {
        tile.scrollIntoView({ block: 'center', behavior: 'instant' });
        await frame(); await frame();
      }
    }
    scrollToEnd();
  };
  const nudge = async () => {
    await reachEndAnew();
    await frame();
    window.dispatchEvent(new Event('scroll'));
    document.dispatchEvent(new Event('scroll'));
    window.dispatchEvent(new Event('resize'));
  };
  // The button below the list: the first thing after the last tile that can be clicked, leads nowhere
  // else, and is no part of a footer, a dialog or a form. One that brought nothing is left alone.
  state.showMore = () => {
    const tile = lastTile();
    if (!tile) { return null; }
    for (const button of document.querySelectorAll('button, [role=button], [onclick], input[type=button], a:not([href]), '
      + 'a[href^="#"], a[href^="javascript:"]')) {
      const isBelow = tile.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING;
      const isElsewhere = button.closest('footer, nav, header, form, dialog, [role=dialog], [role=navigation], aside');
      if (!isBelow || isElsewhere || button.disabled || !button.getClientRects().length) { continue; }
      if (state.clicked.get(button) === state.known.size) { continue; }
      state.clicked.set(button, state.known.size);
      button.click();
      return wellFormed((button.textContent || button.value || '').replace(/\s+/g, ' ').trim().slice(0, 80));
    }
    return null;
  };
  // A request that is open for long may have nothing to do with the list, as one that waits for messages.
  const patience = () => Math.max(state.nudgeAfter, state.pause[1]) * (state.inFlight ? 10 : 1);
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
      } else if (performance.now() - lastScroll > patience()) {
        lastScroll = performance.now();
        state.isCareful = true;   // plain scrolling has brought nothing
        await nudge();
      }
      await next(100);
    }
  };
  state.start = (settings) => {
    Object.assign(state, settings);
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
      inFlight: state.inFlight, repeats: state.repeats, quiet: performance.now() - state.lastNews,
      isRunning: state.isRunning,
    };
    wake();
    return report;
  };
})();

// What the page of a colour does by itself: draw tiles, load their images lazily, and ask for more
// when the bottom is reached. Numbers and classes are those recorded of the real site: candidates
// within twice the viewport, at most four images at once, 50 ms apart, WebP of the cell's size.
(() => {
  "use strict";
  const configuration = JSON.parse(document.getElementById("wall-configuration").textContent);
  const names = configuration.classes;
  const wall = document.getElementById("wall");
  const caption = document.getElementById("caption");
  const shown = new Map(); // asset id -> [title, artist], for the caption under the pointer

  const page = Object.values(window.INIT_data)[0];
  const chosen = page[5].find((entry) => entry[1] === configuration.colour);
  let token = chosen && typeof chosen[2][8] === "string" ? chosen[2][8] : null;
  let requestId = 100000 + Math.floor(Math.random() * 900000);
  let isAsking = false;
  let failures = 0;

  // Items have a tag in front since 2022; before, every index was one lower.
  const field = (item, index) => item[item[0] === "stella.common.cobject" ? index : index - 1];
  const itemsOf = (block) => block[2] || [];

  const hidesImage = (id) => {
    let value = (2166136261 ^ configuration.missing.salt) >>> 0;
    for (const letter of id) value = Math.imul(value ^ letter.charCodeAt(0), 16777619) >>> 0;
    return value < configuration.missing.share * 2 ** 32;
  };

  const remember = (items) => {
    for (const item of items) shown.set(field(item, 10)[0], [field(item, 1), field(item, 2)]);
  };

  const drawTiles = (items, isEnd) => {
    const fragment = document.createDocumentFragment();
    for (const item of items) {
      const tile = document.createElement("div");
      tile.className = names.tile;
      const link = document.createElement("a");
      link.className = names.link + " " + names.link_kind;
      link.setAttribute("href", field(item, 4));
      if (!hidesImage(field(item, 10)[0])) link.setAttribute("data-bgsrc", field(item, 3));
      if (field(item, 8)) link.style.backgroundColor = field(item, 8);
      tile.appendChild(link);
      fragment.appendChild(tile);
    }
    if (isEnd && fragment.lastChild) fragment.lastChild.classList.add(names.last_tile);
    wall.appendChild(fragment);
  };

  // Lazy loading.
  const tried = new WeakSet();
  let loading = 0;
  let lastStart = 0;
  let timer = 0;

  const loadNext = () => {
    timer = 0;
    const wait = lastStart + 50 - performance.now();
    if (loading >= 4) return;
    if (wait > 0) {
      timer = setTimeout(loadNext, wait);
      return;
    }
    const reach = 2 * window.innerHeight;
    for (const link of wall.querySelectorAll("[data-bgsrc]:not(." + names.loaded + ")")) {
      if (tried.has(link)) continue;
      const box = link.getBoundingClientRect();
      if (box.bottom < -reach || box.top > window.innerHeight + reach) continue;
      start(link, box);
      timer = setTimeout(loadNext, 50);
      return;
    }
  };

  const start = (link, box) => {
    tried.add(link);
    loading += 1;
    lastStart = performance.now();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const width = Math.max(1, Math.round(box.width * ratio));
    const height = Math.max(1, Math.round(box.height * ratio));
    const address = location.protocol + link.dataset.bgsrc + "=w" + width + "-c-h" + height + "-rw-v1";
    const image = new Image();
    const finish = (isLoaded) => {
      loading -= 1;
      link.classList.add(isLoaded ? names.loaded : names.failed);
      if (isLoaded) link.style.backgroundImage = 'url("' + address + '")';
      loadSoon();
    };
    image.onload = () => finish(true);
    image.onerror = () => finish(false);
    image.src = address;
  };

  const loadSoon = () => {
    if (!timer) timer = setTimeout(loadNext, 0);
  };

  // Endless scrolling.
  const isAtBottom = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;

  const style = configuration.listStyle;
  const scrolls = style === "scroll" || style === "virtual";

  const askForMore = () => {
    if (isAsking || token === null || (scrolls && !isAtBottom())) return;
    isAsking = true;
    document.body.classList.add("is-asking");
    requestId += 100000;
    const request = new XMLHttpRequest();
    request.open(
      "GET",
      "/api/assets/images/color?s=30&pt=" + encodeURIComponent(token) + "&hl=" + configuration.language +
        "&_reqid=" + requestId + "&rt=j",
    );
    request.onloadend = () => {
      isAsking = false;
      document.body.classList.remove("is-asking");
      let block = null;
      try {
        if (request.status === 200) block = JSON.parse(request.responseText.replace(/^\)\]\}'/, ""))[0][0];
      } catch (error) {
        console.warn("a list answer cannot be read", error);
      }
      if (block === null) {
        failures += 1;
        // Three tries by itself; after that the next scroll tries again.
        if (failures <= 3) setTimeout(askForMore, 1000 * failures);
        return;
      }
      failures = 0;
      token = typeof block[8] === "string" ? block[8] : null;
      const items = itemsOf(block);
      remember(items);
      drawTiles(items, token === null);
      loadSoon();
      // A wall that does not fill the window has no bottom to scroll to.
      if (scrolls) setTimeout(askForMore, 50);
      while (style === "virtual" && wall.children.length > 60) wall.firstElementChild.remove();
    };
    request.send();
  };

  const react = () => {
    loadSoon();
    if (scrolls) askForMore();
  };
  if (style === "button") document.getElementById("more").addEventListener("click", askForMore);
  if (style === "sentinel") {
    new IntersectionObserver((entries) => {
      if (entries[entries.length - 1].isIntersecting) askForMore();
    }).observe(document.getElementById("sentinel"));
  }

  wall.addEventListener("mouseover", (event) => {
    const link = event.target.closest("a[href]");
    const entry = link && shown.get(link.getAttribute("href").split("/").pop());
    caption.textContent = entry ? entry[0] + (entry[1] ? " · " + entry[1] : "") : "";
  });
  wall.addEventListener("mouseleave", () => { caption.textContent = ""; });

  if (chosen) {
    const items = itemsOf(chosen[2]);
    remember(items);
    if (configuration.drawsTiles) {
      setTimeout(() => { drawTiles(items, token === null); react(); }, 150);
    } else {
      react();
    }
  }
  window.addEventListener("scroll", react, { passive: true });
  window.addEventListener("resize", react);
})();

// The page: takes pictures in, asks the service for each, and shows what it says.
"use strict";

const main = document.getElementById("main");
const swatches = JSON.parse(main.dataset.swatches);
const maximumBytes = Number(main.dataset.maximumBytes);
const status = document.getElementById("status");
const cards = document.getElementById("cards");
const results = document.getElementById("results");
const filter = document.getElementById("filter");
const tokenForm = document.getElementById("token-form");
const AT_ONCE = 3; // more would only wait in the service's queue
const waiting = [];
let running = 0;
let token = "";
let shown = "";

// Messages of the page, by kind of problem; the service's own words stand behind it.
const FRIENDLY = {
  "unsupported-type": ["Not a picture we can read", "Save it as JPEG, PNG or WebP and try again. A new file name alone does not change its type."],
  "undecodable": ["This file is damaged", "It is empty, cut off or broken. Download or export it again."],
  "body-too-large": ["This file is too large", `The limit is ${Math.round(maximumBytes / 1048576)} MB. Save a smaller version and try again.`],
  "picture-too-large": ["This picture is too large", "Scale it down and try again; a few thousand pixels wide is plenty."],
  "overloaded": ["The service is busy", "Many pictures arrive at the moment. Try again in a few seconds.", true],
  "time-exceeded": ["That took too long", "Try again in a moment, or with a smaller picture.", true],
  "not-ready": ["The service is still starting", "Try again in a few seconds.", true],
  "slow-body": ["The upload was too slow", "Try again, or send a smaller picture.", true],
  "unauthorised": ["A token is needed", "Enter it above, then try again.", true],
  "offline": ["The service cannot be reached", "Check your connection and try again.", true],
};

const percent = (value) => (value >= 0.9995 ? "100 %" : value < 0.001 ? "< 0.1 %" : `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`);
const capitalise = (name) => name.charAt(0) + name.slice(1).toLowerCase();
const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

function paint(element, colour) {
  element.style.backgroundColor = swatches[colour] || "transparent";
  element.dataset.colour = colour;
}

function announce(words) {
  status.textContent = words;
}

function addPicture(blob, name) {
  const card = clone("card-template");
  const image = card.querySelector("img");
  card.querySelector(".name").textContent = name;
  card.querySelector(".remove .quiet").textContent = `Remove ${name}`;
  image.src = URL.createObjectURL(blob);
  image.addEventListener("load", () => card.classList.add("has-preview"));
  image.addEventListener("error", () => {
    image.hidden = true;
    card.querySelector(".no-preview").hidden = false;
  });
  card.querySelector(".remove").addEventListener("click", () => removeCard(card));
  card.querySelector(".retry").addEventListener("click", () => enqueue(card, blob, name));
  cards.prepend(card);
  results.hidden = false;
  enqueue(card, blob, name);
}

function addFiles(files) {
  const list = Array.from(files);
  if (list.length === 0) return;
  announce(`${list.length} ${list.length === 1 ? "picture" : "pictures"} added`);
  list.forEach((file) => addPicture(file, file.name || "Pasted picture"));
}

function enqueue(card, blob, name) {
  card.className = card.classList.contains("has-preview") ? "card is-waiting has-preview" : "card is-waiting";
  card.querySelector(".colour").textContent = "Looking …";
  card.querySelector(".message").textContent = "";
  card.querySelector(".retry").hidden = true;
  waiting.push({ card, blob, name });
  updateFilter();
  work();
}

async function work() {
  while (running < AT_ONCE && waiting.length > 0) {
    const { card, blob, name } = waiting.shift();
    if (!card.isConnected) continue;
    running += 1;
    ask(blob, name)
      .then((answer) => showAnswer(card, answer, name))
      .catch((problem) => showProblem(card, problem, name))
      .finally(() => {
        running -= 1;
        updateFilter();
        work();
      });
  }
}

async function ask(blob, name) {
  if (blob.size > maximumBytes) throw { slug: "body-too-large" };
  const form = new FormData();
  form.append("file", blob, name);
  let response;
  try {
    response = await fetch("img_classify?shares=true", {
      method: "POST",
      body: form,
      headers: token ? { Authorization: `Bearer ${token}` } : {},
    });
  } catch {
    throw { slug: "offline" };
  }
  let document_;
  try {
    document_ = await response.json();
  } catch {
    throw { slug: "offline", detail: `The answer (${response.status}) is not what was expected.` };
  }
  if (!response.ok) throw { slug: String(document_.type || "").split("#problem-")[1], detail: document_.detail };
  return document_;
}

function showAnswer(card, answer, name) {
  card.classList.remove("is-waiting");
  card.dataset.colour = answer.prediction;
  card.querySelector(".colour").textContent = answer.prediction;
  paint(card.querySelector("h3 .swatch"), answer.prediction);
  const converted = answer.colour_profile.action === "converted" ? ` · converted from ${answer.colour_profile.detail}` : "";
  card.querySelector(".name").textContent = `${name} · ${answer.width} × ${answer.height}${converted}`;
  card.querySelector("img").alt = `Preview of ${name}`;
  card.querySelector(".message").textContent =
    `${percent(answer.probability)} sure; else ${capitalise(answer.second_prediction)} (${percent(answer.second_probability)}).`
    + (answer.is_familiar ? "" : " It is unlike the pictures that the model learned from: take this as a guess.");
  const bars = card.querySelector(".bars");
  bars.replaceChildren();
  Object.entries(answer.probabilities).slice(0, 4).forEach(([colour, probability]) => {
    const bar = clone("bar-template");
    bar.querySelector(".bar-name").textContent = capitalise(colour);
    bar.querySelector(".bar-value").textContent = percent(probability);
    const fill = bar.querySelector("i");
    fill.style.width = `${probability * 100}%`;
    paint(fill, colour);
    bars.append(bar);
  });
  const strip = card.querySelector(".shares");
  strip.replaceChildren();
  const shares = Object.entries(answer.shares || {});
  shares.forEach(([colour, share]) => {
    const piece = document.createElement("i");
    piece.style.flexGrow = share;
    paint(piece, colour);
    strip.append(piece);
  });
  card.querySelector(".share-words").textContent = shares
    .filter(([, share]) => share >= 0.01)
    .slice(0, 5)
    .map(([colour, share]) => `${capitalise(colour)} ${percent(share)}`)
    .join(" · ");
  card.querySelector(".details").hidden = false;
  announce(`${name}: ${answer.prediction}, ${percent(answer.probability)} sure`);
}

function showProblem(card, problem, name) {
  const [title, advice, again] = FRIENDLY[problem.slug] || ["That did not work", problem.detail || "Try again later.", true];
  card.classList.remove("is-waiting");
  card.classList.add("is-refused");
  delete card.dataset.colour;
  card.querySelector("img").alt = "";
  card.querySelector(".colour").textContent = title;
  card.querySelector(".message").textContent = advice;
  card.querySelector(".retry").hidden = !again;
  if (problem.slug === "unauthorised") {
    tokenForm.hidden = false;
    document.getElementById("token").focus();
  }
  announce(`${name}: ${title}. ${advice}`);
}

function removeCard(card) {
  const next = card.nextElementSibling || card.previousElementSibling;
  URL.revokeObjectURL(card.querySelector("img").src);
  card.remove();
  updateFilter();
  if (next) next.querySelector(".remove").focus();
  else {
    results.hidden = true;
    document.getElementById("files").focus();
  }
}

function updateFilter() {
  const counts = new Map();
  cards.querySelectorAll(".card[data-colour]").forEach((card) => {
    counts.set(card.dataset.colour, (counts.get(card.dataset.colour) || 0) + 1);
  });
  if (shown && !counts.has(shown)) shown = "";
  const order = ["", ...Object.keys(swatches).filter((colour) => counts.has(colour))];
  const focused = document.activeElement && document.activeElement.name === "colour" ? document.activeElement.value : null;
  filter.querySelectorAll(".chip").forEach((chip) => chip.remove());
  order.forEach((colour) => {
    const chip = clone("filter-template");
    const input = chip.querySelector("input");
    input.value = colour;
    input.checked = colour === shown;
    chip.querySelector(".chip-name").textContent = colour ? capitalise(colour) : "All";
    chip.querySelector(".count").textContent = colour ? counts.get(colour) : cards.children.length;
    if (colour) paint(chip.querySelector(".swatch"), colour);
    filter.append(chip);
    if (focused === colour) input.focus();
  });
  filter.hidden = counts.size < 2;
  if (filter.hidden) shown = "";
  for (const card of cards.children) card.hidden = Boolean(shown) && card.dataset.colour !== shown;
}

async function addSample(button) {
  try {
    const response = await fetch(button.querySelector("img").src);
    addPicture(await response.blob(), button.dataset.name);
  } catch {
    announce("The sample cannot be loaded. Check your connection.");
  }
}

filter.addEventListener("change", (event) => {
  shown = event.target.value;
  updateFilter();
  const count = Array.from(cards.children).filter((card) => !card.hidden).length;
  announce(shown ? `${count} filed under ${shown}` : `All ${count} shown`);
});
document.getElementById("files").addEventListener("change", (event) => {
  addFiles(event.target.files);
  event.target.value = "";
});
document.getElementById("clear").addEventListener("click", () => {
  waiting.length = 0;
  cards.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
  cards.replaceChildren();
  shown = "";
  updateFilter();
  results.hidden = true;
  announce("All results cleared");
  document.getElementById("files").focus();
});
document.querySelectorAll(".sample").forEach((button) => button.addEventListener("click", () => addSample(button)));
document.getElementById("all-samples").addEventListener("click", () => document.querySelectorAll(".sample").forEach(addSample));
tokenForm.addEventListener("submit", (event) => {
  event.preventDefault();
  token = document.getElementById("token").value.trim();
  tokenForm.hidden = true;
  announce("Token set");
  cards.querySelectorAll(".is-refused .retry:not([hidden])").forEach((button) => button.click());
});

const drop = document.getElementById("drop");
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("is-over");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) drop.classList.remove("is-over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("is-over");
  addFiles(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData && event.clipboardData.files.length > 0) {
    event.preventDefault();
    addFiles(event.clipboardData.files);
  }
});

document.querySelectorAll(".spectrum i").forEach((element) => paint(element, element.dataset.colour));
if (main.dataset.needsToken === "yes") tokenForm.hidden = false;

// What is looked at in a page that has been loaded; gives a list of what is wrong with it.
(async () => {
  const faults = [];
  const fault = (what, element) => faults.push(
    element ? `${what}: ${element.outerHTML.replace(/\s+/g, " ").slice(0, 160)}` : what);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const pause = () => new Promise((resolve) => setTimeout(resolve, 30));

  // Everything is seen once, so that what is loaded later is loaded.
  for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
    scrollTo(0, top);
    await pause();
  }
  await Promise.all(all("img").map((image) => image.complete || new Promise((done) => {
    image.addEventListener("load", done);
    image.addEventListener("error", done);
    setTimeout(done, 20000);
  })));
  scrollTo(0, 0);
  await pause();

  if (!document.documentElement.lang) fault("the document has no language");
  if (!document.title) fault("the document has no title");
  if (all("h1").length !== 1) fault(`there are ${all("h1").length} headings h1`);
  if (all("main").length !== 1) fault(`there are ${all("main").length} elements main`);
  const ids = all("[id]").map((element) => element.id);
  if (new Set(ids).size !== ids.length) fault("an id is used twice");

  for (const image of all("img")) {
    if (!image.hasAttribute("alt")) fault("no alt", image);
    if (!image.naturalWidth) fault("a picture did not come", image);
  }
  const name = (element) => (element.getAttribute("aria-label") || element.innerText
    || [...element.querySelectorAll("img")].map((image) => image.alt).join("") || "").trim();
  for (const element of all("a[href], button")) if (element.getClientRects().length && !name(element)) fault("no name", element);
  for (const element of all("input, select, textarea")) {
    if (element.type !== "hidden" && !element.labels.length && !element.getAttribute("aria-label")) {
      fault("no label", element);
    }
  }
  for (const element of all("nav")) if (!element.getAttribute("aria-label")) fault("a nav without a name", element);
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = all("body *").find((element) => element.getBoundingClientRect().right > innerWidth + 1);
    fault(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth} px`, wide);
  }

  // Contrast (WCAG 2.2, 1.4.3), of text on the colours that lie under it.
  const parse = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const over = (top, ground) => Object.fromEntries(["red", "green", "blue"].map(
    (part) => [part, top[part] * top.alpha + ground[part] * (1 - top.alpha)]).concat([["alpha", 1]]));
  const luminance = ({ red, green, blue }) => [red, green, blue].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18,18,18)" : "rgb(255,255,255)";
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(parse(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), parse(canvas));
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (seen.has(element) || !texts.currentNode.data.trim() || element.closest("script, style, .unseen")) continue;
    seen.add(element);
    const style = getComputedStyle(element);
    if (!element.getClientRects().length || style.visibility === "hidden") continue;
    const below = ground(element), colour = over(parse(style.color), below);
    const [light, dark] = [luminance(colour), luminance(below)].sort((left, right) => right - left);
    const ratio = (light + 0.05) / (dark + 0.05), size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < least) fault(`contrast of ${ratio.toFixed(2)}, not ${least}`, element);
  }

  const watch = globalThis.watch;
  if (watch) {
    if (watch.shift > 0) fault(`things moved while the page loaded: layout shift ${watch.shift} of ${watch.moved}`);
    for (const violation of watch.violations) fault(`against the Content-Security-Policy: ${violation}`);
  }
  return faults;
})()

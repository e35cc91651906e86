// Checks in a loaded page what axe does not; returns the list of faults.
async ([width, guard]) => {
  const faults = [];
  const fault = (what, element) => faults.push(
    element ? `${what}: ${element.outerHTML.replace(/\s+/g, " ").slice(0, 160)}` : what);
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Everything is seen once, so that what is loaded later is loaded.
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
    scrollTo(0, top);
    await painted();
  }
  await Promise.all(all("img").map((image) => image.complete || new Promise((done) => {
    image.addEventListener("load", done);
    image.addEventListener("error", done);
    setTimeout(done, guard);
  })));
  scrollTo(0, 0);
  await painted();

  if (all("h1").length !== 1) fault(`there are ${all("h1").length} headings h1`);
  if (all("main").length !== 1) fault(`there are ${all("main").length} elements main`);
  const ids = all("[id]").map((element) => element.id);
  if (new Set(ids).size !== ids.length) fault("an id is used twice");
  for (const image of all("img")) {
    if (!image.hasAttribute("alt")) fault("no alt", image);
    if (!image.naturalWidth) fault("a picture did not come", image);
  }
  for (const element of all("nav")) if (!element.getAttribute("aria-label")) fault("a nav without a name", element);
  if (document.documentElement.scrollWidth > width) {
    const wide = all("body *").find((element) => element.getBoundingClientRect().right > width + 1);
    fault(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${width} px`, wide);
  }
  if (watch.shift > 0) fault(`things moved while the page loaded: layout shift ${watch.shift} of ${watch.moved}`);
  for (const violation of watch.violations) fault(`against the Content-Security-Policy: ${violation}`);
  return faults;
}

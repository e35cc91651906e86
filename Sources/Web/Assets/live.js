"use strict";
(() => {
  const place = document.querySelector("[data-live]");
  if (!place || !window.EventSource) return;
  const isList = place.matches("ul");
  const heading = document.querySelector("h1");
  const most = 100;

  let source = null, last = null, failures = 0, timer = 0, waiting = [], toSay = 0;

  const element = (name, properties) => Object.assign(document.createElement(name), properties);
  const toggle = element("button", { type: "button", className: "live", textContent: "Live" });
  const offer = element("button", { type: "button", className: "offer", hidden: true });
  const voice = element("p", { className: "unseen" });
  voice.setAttribute("role", "status");
  const bar = element("div", { className: "bar" });
  heading.before(bar);
  bar.append(heading, toggle);
  document.body.append(offer, voice);

  const pictures = (count) => count === 1 ? "1 new picture" : `${count} new pictures`;
  const order = (card) => Number(card.dataset.post.split(":", 1)[0]);
  const has = (id) => [...place.children, ...waiting].some((card) => card.dataset.post === id);

  const insert = (card) => {
    const next = [...place.children].find((other) => order(other) <= order(card));
    if (next) {
      next.before(card);
      card.classList.add("new");
    }
    const older = document.querySelector(".paging [rel=next]");
    if (!older || place.children.length <= most) return;
    place.lastElementChild.remove();
    const address = new URL(older.href);
    address.searchParams.set("before", place.lastElementChild.dataset.post);
    older.href = address;
  };

  // Somebody who reads, or moves through the cards by keyboard, is not disturbed.
  const isBusy = () => document.hidden || window.scrollY > 200 || place.contains(document.activeElement);

  const show = (anyway) => {
    if (waiting.length && (anyway || !isBusy())) {
      toSay += waiting.length;
      waiting.forEach(insert);
      waiting = [];
      tellTimes();
    }
    offer.hidden = !waiting.length;
    offer.textContent = pictures(waiting.length);
  };

  const receive = (event) => {
    last = event.lastEventId;
    if (!isList) return location.reload();
    const card = new DOMParser().parseFromString(JSON.parse(event.data).html, "text/html").querySelector("li");
    if (!card || has(card.dataset.post)) return;
    waiting.push(document.adoptNode(card));
    show(false);
  };

  const close = () => {
    clearTimeout(timer);
    if (source) source.close();
    source = null;
  };

  const open = () => {
    close();
    const address = new URL(place.dataset.live, location.href);
    if (last) address.searchParams.set("after", last);
    source = new EventSource(address);
    source.addEventListener("open", () => { failures = 0; });
    source.addEventListener("post", receive);
    source.addEventListener("error", () => {
      // A browser comes back by itself unless it was refused; then we do, a few times.
      if (!source || source.readyState !== EventSource.CLOSED) return;
      failures += 1;
      if (failures > 6) return turn(false);
      timer = setTimeout(open, 5000 * 2 ** failures);
    });
  };

  const turn = (on) => {
    toggle.setAttribute("aria-pressed", String(on));
    toggle.title = on ? "New pictures appear by themselves" : "New pictures do not appear by themselves";
    if (on) { failures = 0; open(); } else { close(); }
  };

  const tellTimes = () => {
    for (const time of document.querySelectorAll("time[datetime]")) {
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      const words = seconds < 60 ? "just now"
        : seconds < 3600 ? `${Math.floor(seconds / 60)} min ago`
        : seconds < 86400 ? `${Math.floor(seconds / 3600)} h ago` : null;
      if (words && words !== time.textContent) time.textContent = words;
    }
  };

  // Said every few seconds at the most, however much there is.
  setInterval(() => {
    voice.textContent = toSay ? pictures(toSay) : "";
    toSay = 0;
  }, 8000);
  setInterval(tellTimes, 30000);

  toggle.addEventListener("click", () => turn(!source));
  offer.addEventListener("click", () => {
    show(true);
    window.scrollTo({ top: 0 });
    const first = place.querySelector("a");
    if (first) first.focus({ preventScroll: true });
  });
  for (const event of ["scroll", "visibilitychange", "focusout"]) {
    document.addEventListener(event, () => waiting.length && setTimeout(show, 0, false), { passive: true });
  }
  // A page that the browser keeps for going back must hold no connection.
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) turn(true); });
  turn(true);
})();

// Turns the slides. Everything it needs is in the file: it asks nobody for anything, so a cut network changes nothing.
(() => {
  "use strict";
  const told = JSON.parse(document.getElementById("told").textContent);
  const words = told.words;
  const stage = document.getElementById("stage");
  const black = document.getElementById("black");
  const heard = document.getElementById("heard");
  const box = document.getElementById("say");
  const list = document.getElementById("list");
  const keys = document.getElementById("keys");
  const decks = {};
  for (const name of ["wide", "square"]) {
    const deck = document.querySelector(`.deck.${name}`);
    const [width, height] = told.sizes[name];
    decks[name] = { deck, width, height, slides: [...deck.querySelectorAll(".slide")], told: told.decks[name] };
  }
  const REST_S = 60; // after somebody turned a slide by hand, the automatic turning leaves them so long
  let look = "", at = 0, typed = "", timed = false, began = 0, speaker = null, news = null, revised = false;
  let running = told.advance > 0, turning = 0, saying = 0;
  const seconds = told.advance || 20;
  const here = () => decks[look];

  // ---------------------------------------------------------------- what is on the stage

  function fit() {
    // The whole inner surface of the window; the broader stage for anything broader than 3:2.
    const wanted = innerWidth / innerHeight >= 1.5 ? "wide" : "square";
    if (wanted !== look) {
      const key = look && here().told[at].key;
      look = wanted;
      for (const name of Object.keys(decks)) decks[name].deck.classList.toggle("now", name === look);
      at = key ? Math.max(0, here().told.findIndex((slide) => slide.key === key)) : at;
      stage.style.setProperty("--w", `${here().width}px`);
      stage.style.setProperty("--h", `${here().height}px`);
    }
    const scale = Math.min(innerWidth / here().width, innerHeight / here().height);
    const left = (innerWidth - here().width * scale) / 2;
    const top = (innerHeight - here().height * scale) / 2;
    stage.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
    draw();
  }

  function draw() {
    here().slides.forEach((slide, number) => slide.classList.toggle("now", number === at));
    heard.textContent = `${words.page} ${at + 1}/${here().slides.length}: ${here().told[at].title}`;
    tick();
  }

  function go(number) {
    const last = here().slides.length - 1;
    at = Math.max(0, Math.min(last, number));
    if (!began && at > 0) began = Date.now();
    draw();
  }

  function turn(step) {
    if (!black.hidden) { black.hidden = true; return; }
    go(at + step);
  }

  function say(text) {
    box.textContent = text;
    box.hidden = false;
    clearTimeout(saying);
    saying = setTimeout(() => { box.hidden = true; }, 4000);
  }

  // ---------------------------------------------------------------- time

  const two = (number) => String(number).padStart(2, "0");
  function spoken() {
    const s = began ? Math.floor((Date.now() - began) / 1000) : 0;
    return `${s >= 3600 ? `${Math.floor(s / 3600)}:` : ""}${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  }
  const clock = (time) => `${two(time.getHours())}:${two(time.getMinutes())}`;

  function tick() {
    here().slides[at].querySelectorAll(".time").forEach((place) => { place.textContent = timed ? spoken() : ""; });
    document.querySelectorAll(".status").forEach((place) => { place.textContent = standing(); });
    toSpeaker();
  }
  setInterval(tick, 1000);

  function later(wait) {
    clearTimeout(turning);
    if (running) turning = setTimeout(() => {
      black.hidden = true;
      go(at + 1 < here().slides.length ? at + 1 : 0);
      later(seconds);
    }, wait * 1000);
  }

  // ---------------------------------------------------------------- whether the figures were revised

  // The page that opened the show tells, as long as it can, which figures are published now. What is on screen stays.
  function standing() {
    if (revised) return words.revised;
    return news ? `${words.unchanged} ${clock(news)}.` : words.unknown;
  }
  if (told.published && "BroadcastChannel" in window) {
    try {
      new BroadcastChannel("board-show").onmessage = (event) => {
        const current = event.data && event.data.current;
        if (!Array.isArray(current)) return;
        news = new Date();
        revised = revised || !current.includes(told.published);
        tick();
      };
    } catch (refused) { news = null; } // a browser that keeps files apart from everything: nothing is known
  }

  // ---------------------------------------------------------------- the speaker's window

  const SPEAKER = `html { background: #15181b; color: #fff; font: 24px/1.4 "IBM Plex Sans", Arial, sans-serif; }
    body { margin: 0; padding: 24px 32px; } h1 { font-size: 34px; margin: 0 0 12px; } li, p { margin: 0 0 10px; }
    .line { display: flex; gap: 40px; font-size: 30px; border-bottom: 1px solid #777; padding-bottom: 12px; margin-bottom: 18px; }
    .line b { font-weight: 600; font-variant-numeric: tabular-nums; } .next { border-top: 1px solid #777; padding-top: 14px; }
    .news { color: #ffd479; }`;

  function element(kind, text, parent, name) {
    const made = parent.ownerDocument.createElement(kind);
    made.textContent = text;
    if (name) made.className = name;
    parent.append(made);
    return made;
  }

  function openSpeaker() {
    if (speaker && !speaker.closed) { speaker.focus(); return; }
    speaker = window.open("", "", "popup,width=980,height=720");
    if (!speaker) { say(words.blocked); return; }
    const page = speaker.document;
    page.title = words.notes;
    page.documentElement.lang = document.documentElement.lang;
    element("style", SPEAKER, page.head);
    speaker.addEventListener("keydown", key);
    toSpeaker();
  }

  function toSpeaker() {
    if (!speaker || speaker.closed || !speaker.document.body) return;
    const body = speaker.document.body;
    const slide = here().told[at];
    const mark = `${look} ${at} ${revised}`;
    if (body.dataset.mark !== mark) {
      body.dataset.mark = mark;
      body.textContent = "";
      const line = element("div", "", body, "line");
      for (const name of ["page", "timer", "clock"]) {
        const part = element("span", `${words[name]} `, line);
        element("b", "", part, name);
      }
      element("h1", slide.title, body);
      const notes = element("ul", "", body);
      slide.notes.forEach((note) => element("li", note, notes));
      const next = here().told[at + 1];
      element("p", next ? `${words.next}: ${next.title}` : words.last, body, "next");
      if (revised) element("p", words.revised, body, "news");
    }
    body.querySelector("b.page").textContent = `${at + 1}/${here().slides.length}`;
    body.querySelector("b.timer").textContent = spoken();
    body.querySelector("b.clock").textContent = clock(new Date());
  }
  addEventListener("pagehide", () => { if (speaker) speaker.close(); });

  // ---------------------------------------------------------------- list of slides, list of keys

  function openList() {
    const lines = list.querySelector("ol");
    lines.textContent = "";
    here().told.forEach((slide, number) => {
      const button = element("button", `${number + 1}. ${slide.title}`, element("li", "", lines));
      button.type = "button";
      button.onclick = () => { list.close(); go(number); };
      if (number === at) button.autofocus = true;
    });
    list.showModal();
  }

  function inDialog(dialog, event) {
    const buttons = [...dialog.querySelectorAll("li button")];
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step && buttons.length) {
      const place = buttons.indexOf(document.activeElement) + step;
      buttons[Math.max(0, Math.min(buttons.length - 1, place))].focus();
      event.preventDefault();
    } else if (["o", "h", "?"].includes(event.key.toLowerCase())) {
      dialog.close();
      event.preventDefault();
    }
  }

  // ---------------------------------------------------------------- keys, presenter's remote, finger

  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(() => {});
  }

  function automatic() {
    running = !running;
    say(running ? words.running : words.stopped);
    later(seconds);
  }

  const ACTS = {
    ArrowRight: () => turn(1), ArrowDown: () => turn(1), PageDown: () => turn(1),
    ArrowLeft: () => turn(-1), ArrowUp: () => turn(-1), PageUp: () => turn(-1), Backspace: () => turn(-1),
    Home: () => go(0), End: () => go(here().slides.length - 1),
    b: () => { black.hidden = !black.hidden; }, ".": () => { black.hidden = !black.hidden; },
    f: full, F5: full, n: openSpeaker, o: openList, p: () => window.print(),
    t: () => { timed = !timed; if (!began) began = Date.now(); tick(); }, r: () => { began = Date.now(); tick(); },
    a: automatic, h: () => keys.showModal(), "?": () => keys.showModal(),
    Escape: () => { black.hidden = true; typed = ""; },
  };

  let entered = window.name !== "board-show"; // opened by the page's button: the first key or touch fills the screen
  function enter() {
    if (!entered && !document.fullscreenElement) full();
    entered = true;
  }

  function key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const dialog = document.querySelector("dialog[open]");
    if (dialog) { inDialog(dialog, event); return; }
    if (/^[0-9]$/.test(event.key)) {
      typed = (typed + event.key).slice(-3);
      later(REST_S);
      return;
    }
    let act = ACTS[event.key] || ACTS[event.key.toLowerCase()];
    if (event.key === " ") act = () => turn(event.shiftKey ? -1 : 1);
    if (event.key === "Enter") act = typed ? () => { black.hidden = true; go(Number(typed) - 1); } : () => turn(1);
    if (!act) return;
    event.preventDefault();
    if (!["f", "F5", "Escape", "n", "p"].includes(event.key)) enter();
    const jump = typed;
    act();
    if (jump) typed = "";
    if (act !== automatic) later(REST_S);
  }
  addEventListener("keydown", key);

  let from = null;
  stage.addEventListener("pointerdown", (event) => { from = event.isPrimary && event.button === 0 ? [event.clientX, event.clientY] : null; });
  stage.addEventListener("pointerup", (event) => {
    if (!from || !getSelection().isCollapsed) { from = null; return; }
    const [x, y] = [event.clientX - from[0], event.clientY - from[1]];
    from = null;
    enter();
    later(REST_S);
    if (Math.abs(x) > 50 && Math.abs(x) > Math.abs(y)) turn(x < 0 ? 1 : -1);
    else if (Math.hypot(x, y) < 15) turn(event.clientX < innerWidth / 3 ? -1 : 1);
  });
  black.addEventListener("click", () => { black.hidden = true; });
  let moving = 0;
  addEventListener("pointermove", () => {
    document.body.classList.add("moved");
    clearTimeout(moving);
    moving = setTimeout(() => document.body.classList.remove("moved"), 2500);
  });

  document.body.classList.add("running");
  addEventListener("resize", fit);
  fit();
  later(seconds);
})();

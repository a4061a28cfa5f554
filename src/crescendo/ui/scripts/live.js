// An open page stays true: when the server says that something on it changed, the page asks for itself again and swaps
// the part that may change. What is swapped is what a fresh page shows. Without this script the page is as it was loaded.
(() => {
  const ADDRESS = "/live/";
  const region = () => document.querySelector("#live[data-live]");
  let source = null;
  let topics = "";
  let wasOpen = false;
  let isAsking = false;
  let again = false;
  let isTyped = false;
  let timer = null;
  let refused = 0; // how often in a row: whoever is signed out asks ever more rarely

  const ask = async () => {
    if (!region()) return;
    if (isTyped) { // never take away what somebody is writing
      const notice = document.querySelector("[data-live-notice]");
      if (notice) notice.hidden = false;
      return;
    }
    if (isAsking) { again = true; return; }
    isAsking = true;
    try {
      await htmx.ajax("GET", location.href, { source: region(), target: "#live", select: "#live", swap: "outerHTML" });
    } catch { /* the server is away: the stream comes back and asks again */ }
    isAsking = false;
    if (again) { again = false; askSoon(0); }
  };

  const askSoon = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(ask, milliseconds);
  };

  const close = () => {
    if (source) source.close();
    source = null;
  };

  const open = () => {
    const here = region();
    if (!here || source || document.visibilityState === "hidden") return;
    topics = here.dataset.live;
    const query = new URLSearchParams(topics.split(" ").map((topic) => ["topic", topic]));
    source = new EventSource(`${ADDRESS}?${query}`);
    source.addEventListener("open", () => {
      if (wasOpen) askSoon(0); // something may have changed while nobody listened
      wasOpen = true;
      refused = 0;
    });
    source.addEventListener("changed", (event) => {
      const isRun = event.data.split(" ").every((topic) => topic.startsWith("run:"));
      askSoon(isRun ? Math.random() * 2000 : 0); // a new measurement is asked for by everybody: not all at once
    });
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) {
        close();
        const wait = Math.min(1500 * 1.3 ** refused, 30000);
        refused += 1;
        setTimeout(open, wait + Math.random() * 1500);
      }
    });
  };

  // A script that ran once is not run again, even where its element went with what was swapped.
  const ran = new Set();
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "live") return;
    for (const script of document.scripts) ran.add(script.src);
    const fresh = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    for (const script of fresh.querySelectorAll("script[src]")) {
      if (ran.has(new URL(script.getAttribute("src"), location.href).href)) script.remove();
    }
    event.detail.serverResponse = fresh.documentElement.outerHTML;
  });

  document.addEventListener("input", (event) => {
    if (region()?.contains(event.target)) isTyped = true;
  });
  // A browser opens few connections to one site: a page that nobody looks at gives its own back.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") close();
    else open();
  });
  window.addEventListener("pagehide", close);
  document.addEventListener("htmx:load", () => {
    if (source && region() && region().dataset.live !== topics) { close(); open(); }
  });
  document.addEventListener("DOMContentLoaded", open);
  if (document.readyState !== "loading") open();
})();

// Replaces each chart's drawn picture by one that answers to pointer and keyboard, and fits the width of the page.
// No eval: Vega-Embed runs expressions through its interpreter (ast), and its own styles stay out.
(() => {
  if (window.crescendoCharts) return; // a swapped part of a page may bring the script a second time
  window.crescendoCharts = true;
  const OPTIONS = { actions: false, ast: true, defaultStyle: false, mode: "vega-lite", renderer: "svg",
    tooltip: { disableDefaultStyle: true } };

  // A browser that has drawn one needs no pictures from the next page on: the server draws none.
  const remember = (value) => {
    document.cookie = `draws=${value}; path=/${location.protocol === "https:" ? "; secure" : ""}`;
  };

  const draw = (figure) => {
    const picture = figure.querySelector(".chart__stage");
    const source = document.getElementById(`${figure.id}-spec`);
    if (figure.dataset.drawn) return undefined;
    figure.dataset.drawn = "true";
    if (!picture || !source) return undefined;
    const height = picture.getBoundingClientRect().height;
    const before = [...picture.childNodes];
    picture.style.minBlockSize = `${height}px`;
    picture.replaceChildren();
    return vegaEmbed(picture, JSON.parse(source.textContent), OPTIONS)
      .then(() => remember("1; samesite=lax"))
      .catch((error) => {
        console.error("chart", figure.id, error);
        picture.replaceChildren(...before);
        remember("; max-age=0"); // the next page brings pictures again
      })
      .finally(() => { picture.style.minBlockSize = ""; });
  };

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        draw(entry.target);
      }
    }
  }, { rootMargin: "200px" });

  const look = (root) => {
    for (const figure of root.querySelectorAll("[data-chart]:not([data-drawn])")) seen.observe(figure);
    whenIdle(drawNext);
  };

  // Those without a picture are drawn also out of sight, one at a time, so that paper and a full picture hold them.
  const whenIdle = (work) => window.requestIdleCallback ? requestIdleCallback(work) : setTimeout(work, 50);
  const waiting = () => [...document.querySelectorAll("[data-waits]:not([data-drawn])")]
    .filter((figure) => figure.getBoundingClientRect().width > 0); // in a closed part there is no width to fill
  const drawNext = () => {
    const [next] = waiting();
    if (next) Promise.resolve(draw(next)).finally(() => whenIdle(drawNext));
  };
  window.addEventListener("beforeprint", () => waiting().forEach(draw));

  look(document);
  document.addEventListener("htmx:load", (event) => look(event.detail.elt.parentElement || document));
})();

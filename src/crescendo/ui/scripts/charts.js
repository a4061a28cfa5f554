// Replaces each chart's drawn picture by one that answers to pointer and keyboard, and fits the width of the page.
// No eval: Vega-Embed runs expressions through its interpreter (ast), and its own styles stay out.
(() => {
  if (window.crescendoCharts) return; // a swapped part of a page may bring the script a second time
  window.crescendoCharts = true;
  const OPTIONS = { actions: false, ast: true, defaultStyle: false, mode: "vega-lite", renderer: "svg",
    tooltip: { disableDefaultStyle: true } };

  const draw = (figure) => {
    const picture = figure.querySelector(".chart__stage");
    const source = document.getElementById(`${figure.id}-spec`);
    if (!picture || !source || figure.dataset.drawn) return;
    figure.dataset.drawn = "true";
    const height = picture.getBoundingClientRect().height;
    const before = [...picture.childNodes];
    picture.style.minBlockSize = `${height}px`;
    picture.replaceChildren();
    vegaEmbed(picture, JSON.parse(source.textContent), OPTIONS)
      .catch((error) => {
        console.error("chart", figure.id, error);
        picture.replaceChildren(...before);
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
  };

  look(document);
  document.addEventListener("htmx:load", (event) => look(event.detail.elt.parentElement || document));
})();

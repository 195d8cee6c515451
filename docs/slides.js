// Equations first; then smaller letters on the slides that are longer than the screen.
window.addEventListener("load", async () => {
  await MathJax.startup.promise;
  const slides = document.querySelector(".slides");
  slides.classList.add("measured");
  for (const slide of slides.querySelectorAll("section section")) {
    slide.classList.toggle("long", slide.scrollHeight > 720);
  }
  slides.classList.remove("measured");
  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0.02,
    center: false,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
  });
});

// Typeset the formulas, find the largest letters with which each page fits, then start the slides.
const LETTERS = [30, 28, 26, 25, 24, 23, 22, 21.4, 20.8];  // pixels; code is a tenth smaller
const WIDTH = 1232, LARGEST = 1.7, LEAST = 18.67, CODE = 0.603;  // pixels are 14 points; width of a letter of code

function fitText(body) {
  for (const size of LETTERS) {
    body.style.fontSize = size + "px";
    body.querySelectorAll("pre").forEach((code) => fitCode(code, 0.9 * size));
    body.querySelectorAll("mjx-container[display]").forEach(fitFormula);
    if (body.scrollHeight <= body.clientHeight && body.scrollWidth <= body.clientWidth) return;
  }
}
function fitCode(code, size) {  // rather smaller letters than broken lines; a line too long for the smallest is broken
  const lengths = code.textContent.split("\n").map((line) => line.length), most = WIDTH / CODE / LEAST;
  const longest = Math.max(...lengths.filter((each) => each <= most), 1);
  const narrow = longest * CODE * LEAST <= WIDTH - 48;  // else its lines begin and end with the title
  code.style.margin = narrow ? "" : "0 -24px 0.7em";
  code.style.fontSize = Math.max(LEAST, Math.min(size, (narrow ? WIDTH - 48 : WIDTH) / CODE / longest)) + "px";
  if (Math.max(...lengths) > most && !code.firstElementChild) code.innerHTML = code.innerHTML.replace(/^.*$\n?/gm, '<span class="line">$&</span>');
}
function fitFormula(formula) {  // one wide formula does not make the whole text small
  formula.style.fontSize = "";
  for (let share = 98; formula.scrollWidth > formula.clientWidth && share >= 70; share -= 2) formula.style.fontSize = share + "%";
}
function fitPicture(body) {
  const image = body.querySelector("img"), caption = body.querySelector("figcaption");
  const { width, height } = image.dataset;
  const below = body.querySelector(".below");
  if (below) below.querySelectorAll("pre").forEach((code) => fitCode(code, 19.8));
  const room = body.clientHeight - caption.offsetHeight - 4 - (below?.offsetHeight ?? 0);
  const scale = Math.min(LARGEST, WIDTH / width, room / height);
  image.style.width = Math.floor(width * scale) + "px";
  image.dataset.points = (image.dataset.label * scale).toFixed(2);  // of a label, on the slide
}
async function start() {
  await MathJax.startup.promise;
  await MathJax.typesetPromise();
  await document.fonts.ready;
  document.body.classList.add("measuring");  // reveal.js hides every slide but one
  for (const page of document.querySelectorAll(".page")) {
    const body = page.querySelector(".body");
    if (page.classList.contains("picture")) fitPicture(body);
    else if (!page.classList.contains("title")) fitText(body);
  }
  document.body.classList.remove("measuring");
  await Reveal.initialize({
    width: 1280, height: 720, margin: 0, center: false, hash: true, slideNumber: "c/t", controls: false, transition: "none",
    pdfSeparateFragments: false, showNotes: false, plugins: [RevealNotes],
  });
  document.body.dataset.ready = "yes";
}
start();

// The arrows of the navigation have no name of their own; a screen reader says this one.
for (const arrow of document.querySelectorAll("li.has-children > details > summary")) {
  const page = arrow.closest("li").querySelector("a");
  arrow.setAttribute("aria-label", "Pages below " + page.textContent.trim());
}
// Beside the page a function stands below its module and needs no more than its own name.
for (const link of document.querySelectorAll("#pst-page-toc-nav li li a")) {
  if (/^\s*lmcourse(\.\w+)+\s*$/.test(link.textContent)) link.textContent = link.textContent.trim().split(".").pop();
}
// A long name of the reference may be broken at its dots and underscores, not within a word.
const names = ".bd-article :is(h1, h2, h3), .bd-article td code span, #pst-page-toc-nav a, .bd-article td code";
for (const place of document.querySelectorAll(names)) {
  for (const text of [...place.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)) {
    const parts = text.data.split(/(?<=\w[._])(?=\w)/);
    if (parts.length > 1) text.replaceWith(...parts.flatMap((part, at) => (at ? [document.createElement("wbr"), part] : [part])));
  }
}
// A formula a little wider than the page is set smaller. One that is much wider is scrolled; the Tab key must reach it.
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
    const wide = () => formula.scrollWidth > formula.clientWidth;
    for (let share = 98; wide() && share >= 80; share -= 2) formula.style.fontSize = share + "%";
    if (!wide()) continue;
    formula.style.fontSize = "";
    formula.tabIndex = 0;
  }
});

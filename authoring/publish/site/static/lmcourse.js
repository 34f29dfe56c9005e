// The arrows of the navigation have no name of their own; a screen reader says this one.
for (const arrow of document.querySelectorAll("li.has-children > details > summary")) {
  const page = arrow.closest("li").querySelector("a");
  arrow.setAttribute("aria-label", "Pages below " + page.textContent.trim());
}
// A formula wider than the page is scrolled; the Tab key must reach it.
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
  }
});

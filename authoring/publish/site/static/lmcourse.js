// The arrows of the navigation have no name of their own; a screen reader says this one.
for (const arrow of document.querySelectorAll("li.has-children > details > summary")) {
  const page = arrow.closest("li").querySelector("a");
  arrow.setAttribute("aria-label", "Pages below " + page.textContent.trim());
}

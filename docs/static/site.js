// Names for what the theme leaves without one to screen readers.
for (const summary of document.querySelectorAll(".bd-sidenav summary")) {
  const link = summary.closest("li").querySelector("a");
  summary.setAttribute("aria-label", `Pages of ${link.textContent.trim()}`);
}
for (const logo of document.querySelectorAll(".sidebar-primary-item:has(> .navbar-brand)")) {
  logo.setAttribute("role", "navigation");
  logo.setAttribute("aria-label", "Front page");
}

// Sets the chosen theme before the first paint. The system's choice needs nothing.
try {
  const theme = localStorage.getItem("smartstack.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused: follow the system.
}

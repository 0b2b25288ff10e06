// Starts the app; names its neighbours, so that the page needs no inline script.
import init from "./smartstack.js";

init({ module_or_path: new URL("./smartstack_bg.wasm", import.meta.url) }).catch((error) => {
  console.error(error);
  const main = document.getElementById("main");
  if (main) {
    main.textContent = "SmartStack could not start. Reload the page; if that does not help, update the browser.";
  }
});

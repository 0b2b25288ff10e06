// Fetches the parts of the app. What follows the functions is written by the build.
import { initSync } from "./smartstack.js";

/** The files on their way or here; one that did not arrive may be asked for again. */
const files = new Map();

function fetched(name) {
  if (!files.has(name)) {
    // Once the app runs, this gives what its first file exports.
    const imports = { __wasm_split: initSync() };
    const file = WebAssembly.instantiateStreaming(fetch(new URL(name, import.meta.url)), imports);
    files.set(name, file);
    file.catch(() => files.delete(name));
  }
  return files.get(name);
}

/** The app gives a function, by its place in the table, that is to hear whether the part is here. */
function part(names) {
  return async (callback, data) => {
    let here = true;
    try {
      await Promise.all(names.map(fetched));
    } catch (error) {
      console.error(error);
      here = false;
    }
    initSync().__indirect_function_table.get(callback)(data, here);
  };
}


import { existsSync } from "node:fs";

/** Where distributions put Chromium, or Chrome. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser to drive: `CHROMIUM`, or the first one found. */
export function chromium(): string {
  const found = process.env.CHROMIUM ?? PLACES.find(existsSync);
  if (!found) {
    throw new Error("No Chromium found. Install one (Debian: apt-get install chromium) or set CHROMIUM to its path.");
  }
  return found;
}

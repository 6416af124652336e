// Makes every page of the console installable, where the browser and the address allow it.
export const worker = navigator.serviceWorker
  ?.register("/console/service-worker.js", { scope: "/console", updateViaCache: "none" })
  .catch(() => null);

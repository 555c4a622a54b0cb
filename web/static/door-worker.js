// Serves the kept pages of the door when the shop cannot be reached; see
// door-offline.js, which keeps them. It touches no other page and no question to the API.

const PATIENCE = 4000;
const PAGE = /^\/door(\/[0-9a-f]{24})?$/;
const FILE = /^\/static\//;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && PAGE.test(pathname)) {
    event.respondWith(page(request));
  } else if (FILE.test(pathname)) {
    event.respondWith(file(request));
  }
});

// The shop's page if it comes in time, because the kept one may be old.
async function page(request) {
  const kept = await find(request);
  const asked = fetch(request);
  if (!kept) return asked;
  try {
    const response = await Promise.race([asked, tooLate()]);
    return response.status < 500 ? response : kept;
  } catch {
    return kept;
  }
}

// A file's address changes with what is in it, so a kept one is never old.
async function file(request) {
  return (await find(request)) ?? fetch(request);
}

function find(request) {
  return caches.match(request, { ignoreSearch: true, ignoreVary: true });
}

function tooLate() {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error("too late")), PATIENCE);
  });
}

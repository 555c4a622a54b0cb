// Keeps a page of the door and its files, so that it opens without a network.

const WORKER = "/door/worker.js";
const SCOPE = "/door";
const FILES = "link[href], script[src], img[src]";

/**
 * Keeps this page as the shop has it now, and returns whether it will open offline.
 * Each page has a cache of its own, with the very files it asks for, so that a page kept
 * earlier goes on working when the shop has new files.
 */
export async function keepPage() {
  if (!navigator.serviceWorker || !self.caches) return false;
  const ready = navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  try {
    await Promise.all([ready, keep(location.pathname)]);
  } catch {
    return caches.match(location.pathname).then(Boolean);
  }
  return true;
}

/** Forgets every page that was kept. */
export async function forgetPages() {
  const found = (await self.caches?.keys()) ?? [];
  await Promise.all(found.filter(isOurs).map((name) => caches.delete(name)));
  const worker = await navigator.serviceWorker?.getRegistration(SCOPE);
  await worker?.unregister();
}

async function keep(path) {
  const response = await fetch(path, { redirect: "error" });
  if (!response.ok) throw new Error(`${path} is not there`);
  const html = await response.clone().text();
  const name = `${prefix(path)}${Date.now()}`;
  const cache = await caches.open(name);
  await cache.addAll(filesOf(html));
  await cache.put(path, response);
  const others = (await caches.keys()).filter(
    (each) => each.startsWith(prefix(path)) && each !== name,
  );
  await Promise.all(others.map((each) => caches.delete(each)));
}

function filesOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const addresses = [...page.querySelectorAll(FILES)].map(
    (each) => each.getAttribute("href") ?? each.getAttribute("src"),
  );
  return [...new Set(addresses)];
}

function prefix(path) {
  return `door ${path} `;
}

function isOurs(name) {
  return name.startsWith("door ");
}

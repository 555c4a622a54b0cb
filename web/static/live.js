// Hears of what changes while a page is in sight: one stream a page, and a look now and
// then as long as there is none.
//
// What it is about stands in <meta name="live">, as the address of the stream has it.

const LOOK_EVERY = 10_000;
const TRY_AGAIN = 60_000;

const about = document.querySelector("meta[name=live]")?.content;
const listeners = { order: [], ticket: [] };
let source = null;
let place = "";
let looking = null;
let trying = null;

// Whether changes are told of by themselves.
export const isTold = () => source?.readyState === 1;

// `hear` gets each event's data, or null: then nobody tells, and it is time to look.
export function on(kind, hear) {
  listeners[kind].push(hear);
  if (!source && !looking) open();
}

function tell(kind, data) {
  for (const hear of listeners[kind]) hear(data);
}

function look() {
  for (const kind of Object.keys(listeners)) tell(kind, null);
}

function lookNowAndThen() {
  looking ??= setInterval(look, LOOK_EVERY);
}

function open() {
  if (!about || document.hidden) return;
  lookNowAndThen();
  if (!("EventSource" in window)) return;
  source = new EventSource(`/live?${about}${place && `&since=${place}`}`);
  source.onopen = () => {
    clearInterval(looking);
    looking = null;
  };
  source.onerror = lost;
  for (const kind of Object.keys(listeners)) source.addEventListener(kind, hear);
}

function hear(event) {
  place = event.lastEventId;
  tell(event.type, JSON.parse(event.data));
}

// A stream that broke off comes back by itself, one that was refused does not.
function lost() {
  lookNowAndThen();
  if (source.readyState !== 2) return;
  source = null;
  trying = setTimeout(open, TRY_AGAIN);
}

// Browsers have few connections to one shop: a page out of sight gives up its own.
function close() {
  source?.close();
  source = null;
  clearInterval(looking);
  clearTimeout(trying);
  looking = null;
}

function comeBack() {
  if (source || document.hidden) return;
  close();
  open();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) close();
  else comeBack();
});
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) comeBack();
});

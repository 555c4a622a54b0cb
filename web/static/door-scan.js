// The page of a door: puts its parts together and shows what they tell.

import { Camera } from "./door-camera.js";
import { Gate } from "./door-gate.js";
import { PassList } from "./door-list.js";
import { keepPage } from "./door-offline.js";
import { Sender } from "./door-send.js";
import { SignedOutError } from "./door-shop.js";
import * as show from "./door-show.js";
import { allowSound, signal } from "./door-signal.js";
import { openStore } from "./door-store.js";
import { say } from "./words.js";

const REFRESH = 15_000;
const LATEST = 10;

const part = (name) => document.querySelector(`#door-${name}`);
const { listing, reader } = part("page").dataset;

const store = await openStore();
const list = new PassList(store, listing);
const sender = new Sender(store, listing, { settled, failed });
const gate = new Gate({ store, list, sender, refresh, isOnline: () => link === "online" });
const camera = new Camera(part("video"), reader, take);

let link;
let door = await store.doorName();
let lastScan;
let here = new Set();

async function take(text) {
  try {
    const scan = await gate.scan(text, door);
    lastScan = scan.id;
    if (scan.admits) here.add(scan.admits);
    tell(scan.verdict);
    await render();
  } catch (error) {
    part("state").textContent = say("notKept");
    throw error;
  }
}

function tell(verdict) {
  show.showVerdict(verdict);
  signal(show.isGood(verdict));
}

/** The shop has answered: it may know better than this door did. */
function settled(scan) {
  setLink("online");
  if (!scan.admits) here.delete(scan.pass);
  const isLate = !gate.settle(scan);
  if (isLate && scan.conflict && scan.id === lastScan) tell(scan.verdict);
  render();
}

function failed(error) {
  setLink(error instanceof SignedOutError ? "ended" : "away");
  gate.giveUp();
}

/** Gets the list anew and returns whether that worked. */
async function refresh() {
  try {
    await list.refresh();
    setLink("online");
    sender.send();
  } catch (error) {
    failed(error);
  }
  await render();
  return link === "online";
}

function refreshIfSeen() {
  if (!document.hidden) refresh();
}

function setLink(state) {
  if (state === link) return;
  link = state;
  part("state").textContent = say(state);
  part("session").hidden = state !== "ended";
}

async function render() {
  const [waiting, latest, conflicts] = await Promise.all([
    store.countWaiting(listing),
    store.latest(listing, LATEST),
    store.conflicts(listing),
  ]);
  show.showNumbers({ ...list.count(here), waiting });
  show.showLatest(latest);
  show.showConflicts(conflicts, list.conflicts);
}

function showDoor() {
  part("naming").hidden = Boolean(door);
  part("work").hidden = !door;
  part("here").textContent = door ?? "";
}

async function nameDoor(event) {
  event.preventDefault();
  door = part("new-name").value.trim().slice(0, 60) || door;
  if (!door) return;
  await store.nameDoor(door);
  navigator.storage?.persist?.();
  showDoor();
}

function renameDoor() {
  part("new-name").value = door;
  part("naming").hidden = false;
  part("work").hidden = true;
  part("new-name").focus();
}

function typed(event) {
  event.preventDefault();
  allowSound();
  const { code } = part("typing").elements;
  const text = code.value;
  code.value = "";
  if (text.trim()) take(text);
  else show.hideVerdict();
}

async function startCamera() {
  allowSound();
  part("camera-problem").textContent = "";
  try {
    await camera.start();
    showCamera(true);
  } catch (error) {
    part("camera-problem").textContent = error.message;
  }
}

function stopCamera() {
  camera.stop();
  showCamera(false);
}

function showCamera(isOn) {
  part("video").hidden = !isOn;
  part("start").hidden = isOn;
  part("stop").hidden = !isOn;
}

function listen() {
  part("naming").addEventListener("submit", nameDoor);
  part("rename").addEventListener("click", renameDoor);
  part("typing").addEventListener("submit", typed);
  part("start").addEventListener("click", startCamera);
  part("stop").addEventListener("click", stopCamera);
  part("answer").addEventListener("click", show.hideVerdict);
  addEventListener("keydown", ({ key }) => key === "Escape" && show.hideVerdict());
  addEventListener("online", () => sender.sendNow().then(refresh));
  addEventListener("offline", () => setLink("away"));
  addEventListener("visibilitychange", refreshIfSeen);
  setInterval(refreshIfSeen, REFRESH);
}

async function begin() {
  await list.load();
  here = new Set(await store.admitted(listing));
  part("typed-door").remove();
  listen();
  showDoor();
  part("page").dataset.begun = "";
  await refresh();
  part("kept").hidden = !(await keepPage());
}

await begin();

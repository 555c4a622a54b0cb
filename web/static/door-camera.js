// Reads QR codes with the camera.

import { say } from "./words.js";

const PAUSE = 100;
const LONG_SIDE = 720;
// A code that stays in view this long is still the same scan.
const SAME = 2500;
const EXPLAINED = ["NotAllowedError", "NotFoundError"];

/** Says, in its message, why one cannot scan with the camera and what to do. */
export class CameraError extends Error {}

/** Returns what finds QR codes in pictures: the browser's own, or that of a module. */
export async function makeDetector(reader) {
  const formats = ["qr_code"];
  const known = await self.BarcodeDetector?.getSupportedFormats();
  if (known?.includes("qr_code")) return new BarcodeDetector({ formats });
  if (!reader) throw new CameraError(say("unable"));
  const { BarcodeDetector: Reader } = await import(reader);
  return new Reader({ formats });
}

export class Camera {
  #seen = new Map();
  #stream;
  #screen;

  /** found(text) hears of each code that comes into view. */
  constructor(video, reader, found) {
    Object.assign(this, { video, reader, found });
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    document.addEventListener("visibilitychange", () => this.#stayAwake());
  }

  /** Raises CameraError. */
  async start() {
    if (!navigator.mediaDevices) throw new CameraError(say("unsafe"));
    this.detector ??= await makeDetector(this.reader);
    const video = { facingMode: "environment", width: { ideal: 1280 } };
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video });
      this.video.srcObject = this.#stream;
      await this.video.play();
    } catch (error) {
      this.stop();
      throw new CameraError(say(EXPLAINED.includes(error.name) ? error.name : "busy"));
    }
    this.#look(this.#stream);
    this.#stayAwake();
  }

  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = undefined;
    this.#screen?.release();
    this.#screen = undefined;
  }

  async #look(stream) {
    while (this.#stream === stream) {
      if (!document.hidden && this.video.readyState >= 2) {
        const codes = await this.detector.detect(this.#picture()).catch(() => []);
        codes.forEach((code) => this.#see(code.rawValue));
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  #picture() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, LONG_SIDE / Math.max(videoWidth, videoHeight));
    const size = [videoWidth * scale, videoHeight * scale].map(Math.round);
    if (this.canvas.width !== size[0] || this.canvas.height !== size[1]) {
      [this.canvas.width, this.canvas.height] = size;
    }
    this.context.drawImage(this.video, 0, 0, ...size);
    return this.context.getImageData(0, 0, ...size);
  }

  #see(text) {
    const now = Date.now();
    const isNew = !(now - this.#seen.get(text) < SAME);
    this.#seen.set(text, now);
    if (isNew) this.found(text);
  }

  async #stayAwake() {
    if (!this.#stream || document.hidden) return;
    // Where a browser cannot keep the screen on, somebody has to touch it.
    this.#screen = await navigator.wakeLock?.request("screen").catch(() => undefined);
  }
}

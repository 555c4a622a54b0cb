// A sound and a shake for each answer: a door is loud and its keeper looks at people.

const GOOD = { tones: [880], shakes: [80] };
const BAD = { tones: [300, 220], shakes: [150, 80, 150] };
const LENGTH = 0.14;
const LOUDNESS = 0.25;

let audio;

/** Browsers allow sound after somebody has touched the page; call this when they do. */
export function allowSound() {
  if (!self.AudioContext) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

export function signal(isGood) {
  const { tones, shakes } = isGood ? GOOD : BAD;
  tones.forEach((tone, place) => beep(tone, place * LENGTH * 1.2));
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(shakes);
}

function beep(tone, after) {
  if (audio?.state !== "running") return;
  const begin = audio.currentTime + after;
  const sound = new OscillatorNode(audio, { frequency: tone });
  const volume = new GainNode(audio, { gain: LOUDNESS });
  volume.gain.setTargetAtTime(0, begin + LENGTH * 0.7, LENGTH / 8);
  sound.connect(volume).connect(audio.destination);
  sound.start(begin);
  sound.stop(begin + LENGTH);
}

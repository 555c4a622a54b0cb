// Does something whenever it is called for, once at a time and not too often.
//
// `rest` says for how long it is left alone after having taken so many milliseconds.

export function gently(work, rest) {
  let isBusy = false;
  let isAgain = false;
  return async () => {
    isAgain = true;
    if (isBusy) return;
    isBusy = true;
    while (isAgain) {
      isAgain = false;
      const began = performance.now();
      await work();
      const pause = rest(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    isBusy = false;
  };
}

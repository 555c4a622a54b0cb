// Remembers picks in this tab, so that they are still there after signing in.

// A browser may refuse to remember anything, by throwing.
function tried(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

export function memoryOf(name) {
  return {
    recall: () => tried(() => sessionStorage.getItem(name)) ?? "",
    keep: (text) => tried(() => sessionStorage.setItem(name, text)),
    forget: () => tried(() => sessionStorage.removeItem(name)),
  };
}

// The words that a page hands to its scripts, in the language of its reader.

const words = {};
for (const { dataset } of document.querySelectorAll("[data-words]")) {
  Object.assign(words, JSON.parse(dataset.words));
}

export const { lang } = document.documentElement;
// Whose dates and numbers stand among the words.
export const customs = lang === "en" ? "en-GB" : lang;

const plural = new Intl.PluralRules(lang);

/** Returns a message with its `{name}`s filled in. */
export function say(name, values = {}) {
  return filled(words[name], values);
}

/** The same of a message that has a form for one thing and another one for more. */
export function sayOf(name, number, values = {}) {
  const [one, several] = words[name];
  return filled(plural.select(number) === "one" ? one : several, values);
}

function filled(message, values) {
  return message.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

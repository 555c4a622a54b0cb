// Sums of money, written as the rest of the page writes them.

const { locale } = document.documentElement.dataset;

// Returns what writes sums of a currency's major unit.
export function moneyIn(currency) {
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    numberingSystem: "latn",
  });
  return (sum) => format.format(sum);
}

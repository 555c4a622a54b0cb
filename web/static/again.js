// Shows a page anew that will soon say something else.

setTimeout(() => location.replace(location.pathname), 2000);

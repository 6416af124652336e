/* What the page remembers; a browser that forbids it gets a page that forgets. */

export function recall(storage, name) {
  try {
    return window[storage].getItem(`aurora.${name}`);
  } catch {
    return null;
  }
}

export function remember(storage, name, value) {
  try {
    if (value === null) window[storage].removeItem(`aurora.${name}`);
    else window[storage].setItem(`aurora.${name}`, value);
  } catch {
    // Nothing is lost but a convenience.
  }
}

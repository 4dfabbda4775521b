/** In a path these mean different things to different readers, so none of them is let through. */
const AMBIGUOUS = /\/\/|\\|[\0-\x20#\x7f]|%2f|%5c|%00/i;
/** Has no place in a URL at all. */
const FOREIGN = /[\0-\x20#\x7f]/;
const DOT_SEGMENT = /(^|\/)\.{1,2}(\/|$)/;

/**
 * The path of a request's URL, decoded, without its query and trailing slash; undefined when it is not a plain one:
 * absolute or doubled slashes, dot segments, encoded slashes, characters that don't belong in a URL, bad escapes.
 */
export function readPath(url: string): string | undefined {
  const query = url.indexOf('?');
  const written = query === -1 ? url : url.slice(0, query);
  if (!written.startsWith('/') || FOREIGN.test(url) || AMBIGUOUS.test(written)) return undefined;
  const path = written.includes('%') ? decoded(written) : written;
  if (path === undefined || DOT_SEGMENT.test(path) || AMBIGUOUS.test(path)) return undefined;
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A % that is not the start of an escape, or bytes that are no UTF-8.
    return undefined;
  }
}

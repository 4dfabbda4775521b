import { isPlainText } from './text.js';

/** True for an absolute http(s) URL without a password in it: anything else that people show to each other is a trap (`javascript:`). */
export function isWebUrl(value: unknown, max: number): value is string {
  if (!isPlainText(value, { max }) || /\s/.test(value)) return false;
  const url = URL.parse(value);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false;
  return url.hostname !== '' && url.username === '' && url.password === '';
}

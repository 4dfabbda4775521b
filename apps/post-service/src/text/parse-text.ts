/** What a text is found to name. */
export interface ParsedText {
  /** In lower case, without the sign, each once. */
  hashtags: string[];
  /** In lower case, without the sign, each once; whether there are such users is another question (see Mentions). */
  usernames: string[];
}

/** In UTF-16 units: what the router lets through as a part of a path. */
const MAX_HASHTAG = 100;
const URLS = /\bhttps?:\/\/\S+/giu;
const WORD = '\\p{L}\\p{N}\\p{M}_';
/** Not in the middle of a word, an e-mail address or a path. */
const BEGIN = `(?<![${WORD}@#&/+])`;
/** A hashtag without its sign. */
export const HASHTAG_PATTERN = `^[${WORD}]+$`;
const WHOLE = new RegExp(HASHTAG_PATTERN, 'u');
const HASHTAG = new RegExp(`${BEGIN}#([${WORD}]+)`, 'gu');
/** A full stop at the end is the sentence's. What goes on behind it is something else: `@bob@example.org`, `@bobé`. */
const USERNAME = new RegExp(`${BEGIN}@([A-Za-z0-9_.]*[A-Za-z0-9_])(?!\\.*[${WORD}@])`, 'gu');

/** The hashtags and usernames of a text, in the order in which they stand there. */
export function parseText(text: string | null): ParsedText {
  const prose = text?.replace(URLS, ' ') ?? '';
  const usernames = found(prose, USERNAME).map((name) => name.toLowerCase());
  return {
    hashtags: unique(found(prose, HASHTAG).map(normalHashtag)).filter(isHashtag),
    usernames: unique(usernames).filter((name) => name.length >= 3 && name.length <= 50),
  };
}

export function isHashtag(value: unknown): value is string {
  return typeof value === 'string' && WHOLE.test(value) && normalHashtag(value).length <= MAX_HASHTAG;
}

/** The one spelling under which a hashtag is kept and looked for. */
export function normalHashtag(tag: string): string {
  return tag.normalize('NFC').toLowerCase().normalize('NFC');
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}

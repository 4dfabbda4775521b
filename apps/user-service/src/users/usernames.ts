const USERNAME = /^[a-z0-9_.]{3,50}$/;

/** What clients may send: capitals are taken for small letters. */
export const USERNAME_PATTERN = '^[A-Za-z0-9_.]{3,50}$';

/** Usernames are kept and compared in lower case, so `Alice` asks for `alice`. */
export function normalUsername(username: string): string {
  return username.toLowerCase();
}

export function isUsername(value: unknown): value is string {
  return typeof value === 'string' && USERNAME.test(normalUsername(value));
}

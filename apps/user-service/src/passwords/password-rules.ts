export const MIN_PASSWORD_CHARACTERS = 8;
export const MAX_PASSWORD_BYTES = 128;

/** Of those who know it, the names that a password must not be. */
export interface Names {
  username: string;
  email: string;
}

/** True for a text of at least 8 characters and at most 128 bytes: longer ones only cost time to hash. */
export function isPassword(value: unknown): value is string {
  return fitsPassword(value) && [...value].length >= MIN_PASSWORD_CHARACTERS;
}

/** True for what could be anyone's password, however old: what a log-in may send. */
export function fitsPassword(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && Buffer.byteLength(value) <= MAX_PASSWORD_BYTES;
}

/** True for a password that is one of its owner's names, which is what is tried first. */
export function isOwnName(password: string, { username, email }: Names): boolean {
  const [mailbox] = email.split('@');
  return [username, email, mailbox].includes(password.toLowerCase());
}

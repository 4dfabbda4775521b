import { Refused, request, type SignedIn } from './api.js';

/** The account can't be used; the message is for who runs the chat. */
export class AccountRefused extends Error {
  override readonly name = 'AccountRefused';
}

export interface Account {
  username: string;
  password: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The password that was given; on this machine also none: whoever tries Plaza out need not think of one.
 * @throws AccountRefused
 */
export function passwordFor(username: string, { given, url }: { given: string | undefined; url: string }): string {
  if (given) return given;
  if (LOOPBACK.test(new URL(url).hostname)) return `${username.toLowerCase()} is trying Plaza`;
  throw new AccountRefused('Elsewhere than on this machine a password is needed: PLAZA_CHAT_PASSWORD, or --password.');
}

/** Signs in; makes the account when nobody has that name yet. @throws AccountRefused */
export async function signIn(url: string, { username, password }: Account): Promise<SignedIn> {
  const login = { method: 'POST', path: '/v1/auth/login', body: { login: username, password } } as const;
  try {
    return await request<SignedIn>(url, login);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.problem.code !== 'CREDENTIALS_INVALID') throw new AccountRefused(error.message);
    return register(url, { username, password });
  }
}

async function register(url: string, { username, password }: Account): Promise<SignedIn> {
  const body = { username, password, email: `${username}@chat.example.org`, displayName: username };
  try {
    return await request<SignedIn>(url, { method: 'POST', path: '/v1/auth/register', body });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.problem.status === 409) {
      throw new AccountRefused(`${username} has another password here. Give it (--password), or choose another name.`);
    }
    throw new AccountRefused(`${username} can't be registered: ${error.message}`);
  }
}

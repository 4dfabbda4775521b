import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { AccountStatus } from '@plaza/contracts';
import { transaction, Unauthenticated } from '@plaza/service-kit';
import { DataSource } from 'typeorm';
import { type LoginAttempt, LoginThrottle } from '../login-throttle/login-throttle.service.js';
import { networkOf } from '../login-throttle/network.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import type { Device } from '../sessions/device.js';
import { SessionStarts } from '../sessions/session-starts.service.js';
import { AccessTokens } from '../signing-keys/access-tokens.js';
import { requireActive } from '../users/user.entity.js';
import { ownView } from '../users/user.view.js';
import { readUser } from '../users/user-row.js';
import type { Login } from './auth.dto.js';
import type { SignedInView } from './auth.view.js';

interface Account {
  id: string;
  passwordHash: string | null;
  status: AccountStatus;
}

const FIND = `SELECT id, password_hash AS "passwordHash", status FROM users WHERE status <> 'DELETED'`;
const BY_EMAIL = `${FIND} AND lower(email) = $1`;
const BY_USERNAME = `${FIND} AND lower(username) = $1`;
const REHASH = 'UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2';

/** Lets in who knows the password, and tells everyone else the same, in the same time. */
@Injectable()
export class LoginService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly starts: SessionStarts,
    private readonly accessTokens: AccessTokens,
  ) {}

  /** @throws Unauthenticated CREDENTIALS_INVALID; Forbidden where the account is not active; TooMany */
  async logIn({ login, password, deviceName }: Login, device: Device): Promise<SignedInView> {
    const network = networkOf(device.ip);
    const account = await this.authenticate({ login, network }, password);
    requireActive(account.status);
    await this.renewHash(account, network, password);
    const sign = await this.accessTokens.signer();
    return transaction(this.database, async (manager) => {
      const tokens = await this.starts.start(manager, { userId: account.id, device, deviceName, sign });
      return { user: ownView(await readUser(manager, account.id)), ...tokens };
    });
  }

  private async authenticate(attempt: LoginAttempt, password: string): Promise<Account> {
    this.hasher.refuseWhenBusy(attempt.network);
    await this.throttle.refuseBlocked(attempt);
    const account = await this.find(attempt.login);
    const right = await this.hasher.matches(attempt.network, password, account?.passwordHash ?? null);
    if (!account || !right) {
      await this.throttle.failed(attempt);
      throw new Unauthenticated('CREDENTIALS_INVALID', 'Login or password is wrong.');
    }
    // Once more: among guesses made at the same time the right one must look like the others that came too soon.
    const failedBefore = await this.throttle.refuseBlocked(attempt);
    if (failedBefore) await this.throttle.forget(attempt);
    return account;
  }

  private async find(login: string): Promise<Account | undefined> {
    // A username has no @, an e-mail address has one.
    const [account] = await this.database.query<Account[]>(login.includes('@') ? BY_EMAIL : BY_USERNAME, [login]);
    return account;
  }

  /** Hashes again, while the password is at hand, what was hashed with other parameters than today's. */
  private async renewHash({ id, passwordHash }: Account, network: string, password: string): Promise<void> {
    if (!passwordHash || !this.hasher.isOutdated(passwordHash)) return;
    const renewed = await this.hasher.hash(network, password);
    await this.database.query(REHASH, [id, passwordHash, renewed]);
  }
}

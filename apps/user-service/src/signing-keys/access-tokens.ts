import { Injectable } from '@nestjs/common';
import { signAccessToken, type TokenUser, Unavailable } from '@plaza/service-kit';
import { type SigningKey, SigningKeyPairs } from './signing-key-pairs.service.js';

/** How soon an instance notices that another key signs now. Much shorter than the grace of the key before. */
const REREAD_MS = 30_000;

/** Signs an access token for its user. */
export type Sign = (user: TokenUser) => Promise<string>;

/** Access tokens, signed with the key whose time it is. */
@Injectable()
export class AccessTokens {
  private key?: Promise<SigningKey | undefined>;
  private readAt = 0;

  constructor(private readonly pairs: SigningKeyPairs) {}

  /**
   * Gets hold of the key; do it before a transaction begins, for it may need a connection of its own. Signing needs none.
   * @throws Unavailable NO_SIGNING_KEY
   */
  async signer(): Promise<Sign> {
    const key = await this.current();
    if (!key) throw new Unavailable('NO_SIGNING_KEY', 'No key can sign tokens yet; try again in a moment.');
    return (user) => signAccessToken({ user, ...key });
  }

  private current(): Promise<SigningKey | undefined> {
    if (!this.key || performance.now() - this.readAt > REREAD_MS) this.read();
    return this.key ?? Promise.resolve(undefined);
  }

  private read(): void {
    const reading = this.pairs.current();
    const forget = () => {
      if (this.key === reading) this.key = undefined;
    };
    this.key = reading;
    this.readAt = performance.now();
    reading.then((key) => key ?? forget(), forget);
  }
}

import type { SigningKeys, TokenVerifier } from '@plaza/service-kit';
import type { StreamClient } from './client.js';
import { closeFor } from './close-codes.js';
import type { StreamHub } from './hub.js';

export interface KeeperParts {
  hub: StreamHub;
  verifier: Pick<TokenVerifier, 'refuseEnded' | 'verifyToken'>;
  keys: Pick<SigningKeys, 'onChange'>;
  /** Milliseconds between two pings; who has said nothing for two of them is gone. */
  pingEvery: number;
}

/** A revocation has to end sockets within a second, so this is how often tokens are looked at. */
const LOOK_MS = 250;
const CURSOR_MS = 60_000;

/** Looks at all sockets again and again: is the token still good, is the client still there? */
export class Keeper {
  private readonly timers: NodeJS.Timeout[] = [];
  private keysChanged = false;

  constructor(private readonly parts: KeeperParts) {}

  start(): void {
    this.parts.keys.onChange(() => {
      this.keysChanged = true;
    });
    this.timers.push(setInterval(() => this.look(Date.now()), LOOK_MS));
    this.timers.push(setInterval(() => this.ping(Date.now()), this.parts.pingEvery));
    for (const timer of this.timers) timer.unref();
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private look(now: number): void {
    const { hub } = this.parts;
    const anew = this.keysChanged;
    this.keysChanged = false;
    hub.tidy(now);
    for (const client of hub.audience.clients) {
      this.judge(client);
      if (anew) void this.verifyAnew(client);
    }
  }

  private ping(now: number): void {
    const { hub, pingEvery } = this.parts;
    for (const client of hub.audience.clients) {
      // One that is not being read can't be heard.
      if (client.socket.isPaused) client.heardAt = now;
      if (now - client.heardAt > pingEvery * 2) client.terminate();
      else if (!client.closed) client.socket.ping();
      if (now - client.toldAt > CURSOR_MS) hub.tellCursor(client, now);
    }
  }

  /** A key that has changed may have ended before the tokens that it signed. */
  private async verifyAnew(client: StreamClient): Promise<void> {
    const { text } = client.token;
    try {
      await this.parts.verifier.verifyToken(text);
    } catch (error) {
      if (client.token.text === text) end(client, error);
    }
  }

  private judge(client: StreamClient): void {
    try {
      this.parts.verifier.refuseEnded(client.token.verified);
    } catch (error) {
      end(client, error);
    }
  }
}

function end(client: StreamClient, error: unknown): void {
  const { code, reason } = closeFor(error);
  client.close(code, reason);
}

import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Outbox } from '@plaza/kafka';
import { Invalid, transaction } from '@plaza/service-kit';
import { DataSource } from 'typeorm';
import { networkOf } from '../login-throttle/network.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { isOwnName } from '../passwords/password-rules.js';
import type { Device } from '../sessions/device.js';
import { SessionStarts } from '../sessions/session-starts.service.js';
import { AccessTokens } from '../signing-keys/access-tokens.js';
import { ownView } from '../users/user.view.js';
import { contactUpdated, userCreated } from '../users/user-facts.js';
import { readUser } from '../users/user-row.js';
import type { Registration } from './auth.dto.js';
import type { SignedInView } from './auth.view.js';
import { insertUser, newUser } from './new-user.js';
import { refuseTakenNames, takenNameProblem } from './taken-names.js';

/** Makes accounts. */
@Injectable()
export class RegistrationService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly outbox: Outbox,
    private readonly hasher: PasswordHasher,
    private readonly starts: SessionStarts,
    private readonly accessTokens: AccessTokens,
  ) {}

  /** Makes an account and signs it in. @throws Conflict EMAIL_TAKEN, USERNAME_TAKEN; Invalid; TooMany */
  async register(request: Registration, device: Device): Promise<SignedInView> {
    const network = networkOf(device.ip);
    this.hasher.refuseWhenBusy(network);
    refuseOwnName(request);
    const now = await refuseTakenNames(this.database, request);
    const passwordHash = await this.hasher.hash(network, request.password);
    const sign = await this.accessTokens.signer();
    const { deviceName } = request;
    const signedIn = transaction(this.database, async (manager): Promise<SignedInView> => {
      const row = newUser(randomUUIDv7(), request, now);
      row.version = await this.outbox.add(manager, userCreated(row));
      row.contactVersion = await this.outbox.add(manager, contactUpdated(row));
      await insertUser(manager, row, passwordHash);
      const tokens = await this.starts.start(manager, { userId: row.id, device, deviceName, sign });
      return { user: ownView(await readUser(manager, row.id)), ...tokens };
    });
    return signedIn.catch((error: unknown) => Promise.reject(takenNameProblem(error)));
  }
}

function refuseOwnName(request: Registration): void {
  if (!isOwnName(request.password, request)) return;
  const message = 'must not be the username or the e-mail address';
  const errors = [{ path: 'password', code: 'PASSWORD_IS_NAME', message }];
  throw new Invalid('BODY_INVALID', 'The body breaks a rule.', { errors });
}

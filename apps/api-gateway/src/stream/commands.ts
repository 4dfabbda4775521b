import { ProblemError, type TokenVerifier, toProblem } from '@plaza/service-kit';
import type { Logger } from 'pino';
import type { CallAnswer } from '../dispatch/call.js';
import type { Calls } from '../dispatch/calls.js';
import type { RateLimit } from '../rates/rate-limit.js';
import { tooMany } from '../rates/rates.js';
import { ack, type CommandAnswer, failure, failureOf } from './answers.js';
import type { StreamClient } from './client.js';
import type { CommandFrame } from './command-frame.js';
import { COMMAND_ROUTES } from './command-routes.js';
import { isOwnCommand, type OwnCommand } from './own-commands.js';

export interface CommandsParts {
  calls: Calls;
  verify: TokenVerifier['verifyToken'];
  /** Commands that reach services, per user. */
  rate: RateLimit;
  /** The place to resume from. */
  idFor(client: StreamClient): string | undefined;
  logger: Logger;
}

type Given = [client: StreamClient, command: CommandFrame];

/** Does what clients ask for. */
export class Commands {
  private readonly own: Record<OwnCommand, (...given: Given) => CommandAnswer | Promise<CommandAnswer>> = {
    ping: (client, command) => ack(command, {}, this.parts.idFor(client)),
    auth: (client, command) => this.renew(client, command),
  };

  constructor(private readonly parts: CommandsParts) {}

  /** Gives the answer, whatever happens. */
  async run(client: StreamClient, command: CommandFrame): Promise<CommandAnswer> {
    try {
      return await this.answer(client, command);
    } catch (error) {
      return failureOf(command.id, toProblem(error) ?? this.unforeseen(client, error));
    }
  }

  private async answer(client: StreamClient, command: CommandFrame): Promise<CommandAnswer> {
    if (isOwnCommand(command.type)) return this.own[command.type](client, command);
    if (Object.hasOwn(COMMAND_ROUTES, command.type)) return this.ask(client, command);
    throw new ProblemError(404, 'COMMAND_UNKNOWN', 'There is no such command.');
  }

  /** Goes on with another token of the same user: a socket outlives many tokens. */
  private async renew(client: StreamClient, command: CommandFrame): Promise<CommandAnswer> {
    const { token } = command.data;
    if (typeof token !== 'string') throw new ProblemError(401, 'TOKEN_MISSING', 'The data needs a token.');
    const verified = await this.parts.verify(token);
    if (verified.user.id !== client.user.id) {
      throw new ProblemError(403, 'TOKEN_OF_ANOTHER', 'A socket belongs to one user: open another one.');
    }
    client.token = { text: token, verified };
    return ack(command, { expiresAt: new Date(verified.goodUntil).toISOString() });
  }

  private async ask(client: StreamClient, command: CommandFrame): Promise<CommandAnswer> {
    const request = COMMAND_ROUTES[command.type]?.request(command.data);
    const counted = await this.parts.rate.take(client.user.id);
    if (!counted.allowed) throw tooMany(counted);
    if (!request) throw new ProblemError(404, 'COMMAND_UNKNOWN', 'There is no such command.');
    return answerOf(command, await this.parts.calls.call(client, request));
  }

  private unforeseen({ connectionId }: StreamClient, err: unknown): ProblemError {
    this.parts.logger.error({ err, connectionId }, 'a command failed');
    return new ProblemError(500, 'INTERNAL', 'Something went wrong.');
  }
}

function answerOf({ id }: CommandFrame, { status, headers, body }: CallAnswer): CommandAnswer {
  if (status >= 200 && status < 300) return ack({ id }, body ?? {});
  const { code = 'SERVICE_FAILED', detail = 'The service did not say why.', errors } = (body ?? {}) as Problem;
  const retryAfter = Number(headers['retry-after']);
  return failure(id, { code, status, detail, ...(errors && { errors }), ...(retryAfter > 0 && { retryAfter }) });
}

interface Problem {
  code?: string;
  detail?: string;
  errors?: object;
}

import { TooMany } from '@plaza/service-kit';
import { RateLimit, type RateState } from './rate-limit.js';

export interface RateSettings {
  ratePerUser: number;
  ratePerAddress: number;
  rateOfSignIns: number;
  rateOfCommands: number;
  rateCapacity: number;
}

/** The limits of this gateway. What is counted here is not known to other gateways. */
export class Rates {
  readonly perUser: RateLimit;
  /** Requests without a token. */
  readonly perAddress: RateLimit;
  readonly signIns: RateLimit;
  /** Tokens that were not known yet and turned out to be bad: looking at them costs, so they have a limit of their own. */
  readonly badTokens: RateLimit;
  /** Commands of the stream that reach a service. */
  readonly commands: RateLimit;

  constructor(settings: RateSettings) {
    const { ratePerUser, ratePerAddress, rateOfSignIns, rateOfCommands, rateCapacity: capacity } = settings;
    this.perUser = new RateLimit({ name: 'user', quota: ratePerUser, capacity });
    this.perAddress = new RateLimit({ name: 'address', quota: ratePerAddress, capacity });
    this.signIns = new RateLimit({ name: 'sign-in', quota: rateOfSignIns, capacity });
    this.commands = new RateLimit({ name: 'command', quota: rateOfCommands, capacity });
    this.badTokens = new RateLimit({ name: 'bad-token', quota: ratePerAddress, capacity });
  }
}

/** 429 for a limit that is spent. */
export function tooMany({ limit, resetIn }: RateState): TooMany {
  return new TooMany('RATE_LIMITED', `At most ${limit.quota} requests in ${limit.window} s (${limit.name}).`, {
    retryAfter: resetIn,
  });
}

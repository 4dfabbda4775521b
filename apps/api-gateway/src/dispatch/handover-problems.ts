import { ProblemError, Unavailable } from '@plaza/service-kit';

/** The service could not be reached, broke off, or did not begin to answer in time: what the circuit breaker counts. */
export class ServiceFailed extends Unavailable {
  constructor(
    service: string,
    how: string,
    override readonly cause?: unknown,
  ) {
    super('SERVICE_UNAVAILABLE', `${service} ${how}.`);
  }
}

/** The service is known not to be there, or left in peace for a while. */
export function serviceAbsent(service: string, retryAfter = 1): Unavailable {
  return new Unavailable('SERVICE_UNAVAILABLE', `${service} is not available.`, { retryAfter });
}

export function bodyTooLarge(limit: number): ProblemError {
  return new ProblemError(413, 'BODY_TOO_LARGE', `A body may have at most ${limit} bytes.`);
}

export function bodyTooSlow(): ProblemError {
  return new ProblemError(408, 'REQUEST_TIMEOUT', 'The body did not arrive in time.');
}

/** The client went away; nobody is left to be answered. */
export class ClientGone extends Error {}

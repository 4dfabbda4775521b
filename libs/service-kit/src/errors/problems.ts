/** One field that is wrong: `path` as in `profile.links.0`, a stable `code` and a sentence. */
export interface FieldError {
  path: string;
  code: string;
  message: string;
}

export interface ProblemExtra {
  errors?: FieldError[];
  /** Seconds after which a repetition makes sense. */
  retryAfter?: number;
}

/**
 * An answer that is not a success, thrown from anywhere. `code` is stable and made for machines (`EMAIL_TAKEN`);
 * `detail` is a sentence for people and must not name what the caller may not know.
 */
export class ProblemError extends Error {
  readonly errors?: FieldError[];
  readonly retryAfter?: number;

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    extra: ProblemExtra = {},
  ) {
    super(`${code}: ${detail}`);
    this.name = new.target.name;
    this.errors = extra.errors;
    this.retryAfter = extra.retryAfter;
  }
}

/** 400: what was sent can't be read. */
export class Malformed extends ProblemError {
  constructor(code: string, detail: string, extra?: ProblemExtra) {
    super(400, code, detail, extra);
  }
}

/** 401: no token, or not a good one. */
export class Unauthenticated extends ProblemError {
  constructor(code: string, detail: string, extra?: ProblemExtra) {
    super(401, code, detail, extra);
  }
}

/** 403: not allowed, but may know that it exists. */
export class Forbidden extends ProblemError {
  constructor(code: string, detail: string, extra?: ProblemExtra) {
    super(403, code, detail, extra);
  }
}

/** 404: does not exist, or the caller may not know of it. */
export class NotFound extends ProblemError {
  constructor(code: string, detail: string, extra?: ProblemExtra) {
    super(404, code, detail, extra);
  }
}

/** 409: not possible in the present state. */
export class Conflict extends ProblemError {
  constructor(code: string, detail: string, extra?: ProblemExtra) {
    super(409, code, detail, extra);
  }
}

/** 412: changed since it was read (If-Match). */
export class PreconditionFailed extends ProblemError {
  constructor(code: string, detail: string, extra?: ProblemExtra) {
    super(412, code, detail, extra);
  }
}

/** 422: was read and breaks a rule. */
export class Invalid extends ProblemError {
  constructor(code: string, detail: string, extra?: ProblemExtra) {
    super(422, code, detail, extra);
  }
}

/** 429: too many; `retryAfter` in seconds. */
export class TooMany extends ProblemError {
  constructor(code: string, detail: string, extra: ProblemExtra = {}) {
    super(429, code, detail, { retryAfter: 1, ...extra });
  }
}

/** 503: a part that is needed does not answer; `retryAfter` in seconds. */
export class Unavailable extends ProblemError {
  constructor(code: string, detail: string, extra: ProblemExtra = {}) {
    super(503, code, detail, { retryAfter: 1, ...extra });
  }
}

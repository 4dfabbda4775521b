import { isError } from '../errors/is-error.js';

const PRIVATE_KEY =
  /^(authorization|proxy-authorization|cookie|set-cookie|e-?mail|phone|login|.*(password|token|secret|apikey))$/i;
const EMAIL = /[\w.%+-]+@[\w-]+(\.[\w-]+)+/g;
const DEEPEST = 6;

/** A copy for the log, without secrets and personal data: by the names of fields, and e-mail addresses anywhere. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (isError(value)) return describeError(value, depth);
  if (depth >= DEEPEST) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redact(item, depth + 1));
  return redactFields(value, depth);
}

function redactFields(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, field]) => {
    const hidden = PRIVATE_KEY.test(key) && field !== undefined && field !== null;
    return [key, hidden ? '[redacted]' : redact(field, depth + 1)];
  });
  return Object.fromEntries(entries);
}

function redactText(text: string): string {
  return text.includes('@') ? text.replace(EMAIL, '[e-mail]') : text;
}

/** Fields of errors that say what went wrong. Those of pg that repeat the data (`detail`, `parameters`) are not among them. */
const TELLING = ['code', 'status', 'constraint', 'table', 'column', 'routine', 'syscall', 'address', 'port', 'query'];

function describeError(error: Error, depth: number): Record<string, unknown> {
  const fields = Object.entries(error).filter(([key]) => TELLING.includes(key));
  const cause = 'driverError' in error ? error.driverError : error.cause;
  return {
    type: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...redactFields(Object.fromEntries(fields), depth),
    ...('errors' in error && { errors: redact(error.errors, depth + 1) }),
    ...(cause !== undefined && depth < DEEPEST && { cause: redact(cause, depth + 1) }),
  };
}

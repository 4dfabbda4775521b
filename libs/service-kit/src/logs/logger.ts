import { type DestinationStream, type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino';
import { processOutput } from './process-output.js';
import { redact } from './redact.js';

export interface LoggerParts {
  service: string;
  level: LevelWithSilent;
  /** Default: this process's standard output. */
  stream?: DestinationStream;
  /** Fields of every line: whose request it belongs to. */
  mixin?(): object;
}

/** A logger of JSON lines that leaves out secrets and personal data. */
export function createLogger({ service, level, stream = processOutput(), mixin }: LoggerParts): Logger {
  const options = {
    ...plain(service, level),
    mixin,
    serializers: { err: redact, error: redact },
    formatters: { ...LEVEL_AS_WORD, log: redactObject },
  };
  return pino(options, stream);
}

/** For the line per request: its fields are known to hold nothing private, so they need no look through. */
export function createAccessLogger({ service, level, stream = processOutput() }: LoggerParts): Logger {
  return pino({ ...plain(service, level), formatters: LEVEL_AS_WORD }, stream);
}

const LEVEL_AS_WORD = { level: (level: string) => ({ level }) };

function plain(service: string, level: LevelWithSilent) {
  return { level, base: { service }, timestamp: stdTimeFunctions.isoTime };
}

/** pino hands `err` to its serializer afterwards, so it must come through as it is. */
function redactObject(fields: Record<string, unknown>): Record<string, unknown> {
  const { err, ...others } = fields;
  const clean = redact(others);
  return { ...(typeof clean === 'object' && clean), ...(err !== undefined && { err }) };
}

/**
 * One setting of a service: where it is read from and what it must look like.
 * `config.ts` of a service is an object of these; its keys are the names used in code.
 */
export interface Setting<T> {
  /** Name of the environment variable; `<env>_FILE` names a file that holds the value. */
  readonly env: string;
  readonly desc: string;
  /** What one may write, in words, for docs/settings.md: `whole number 1 to 65535`. */
  readonly form: string;
  /** A setting without one is required. */
  readonly fallback?: T;
  /** The fallback as one would write it, for docs/settings.md. */
  readonly fallbackText?: string;
  /** Never printed, and its fallback is refused with NODE_ENV=production. */
  readonly secret: boolean;
  /** Gives the value, or throws an Error whose message says what was expected. */
  parse(text: string): T;
}

export type SettingsSpec = Record<string, Setting<unknown>>;
export type SettingsOf<S extends SettingsSpec> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

interface Described<T> {
  desc: string;
  default?: T;
}

/** Any text that is not empty. */
export function text(env: string, o: Described<string> & { pattern?: RegExp }): Setting<string> {
  const form = o.pattern ? `text like ${o.pattern.source}` : 'text';
  return setting(env, o, form, (value) => {
    if (o.pattern && !o.pattern.test(value)) throw new Error(`must look like ${o.pattern.source}`);
    return value;
  });
}

/** A whole number within bounds. */
export function whole(env: string, o: Described<number> & { min?: number; max?: number }): Setting<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = o;
  const form = max === Number.MAX_SAFE_INTEGER ? `whole number, at least ${min}` : `whole number ${min} to ${max}`;
  return setting(env, o, form, (value) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < min || number > max) throw new Error(`must be a ${form}`);
    return number;
  });
}

/** `true` or `false`. */
export function flag(env: string, o: Described<boolean>): Setting<boolean> {
  return setting(env, o, '`true` or `false`', (value) => {
    if (value !== 'true' && value !== 'false') throw new Error('must be true or false');
    return value === 'true';
  });
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time such as `250ms`, `30s`, `10m`, `24h`, `30d`; in code, milliseconds. */
export function duration(env: string, o: Described<number> & { min?: number; max?: number }): Setting<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = o;
  const between = max === Number.MAX_SAFE_INTEGER ? '' : `, ${durationText(min)} to ${durationText(max)}`;
  const read = (value: string): number => {
    const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(value) ?? [];
    const ms = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
    if (!(ms >= min && ms <= max)) throw new Error(`must be a time like 250ms, 30s, 10m, 24h or 30d${between}`);
    return ms;
  };
  return { ...setting(env, o, `time like 250ms, 30s, 10m${between}`, read), ...shown(o.default, durationText) };
}

/** One of a few words. */
export function choice<const T extends string>(env: string, o: Described<T> & { of: readonly T[] }): Setting<T> {
  return setting(env, o, o.of.map((word) => `\`${word}\``).join(', '), (value) => {
    const found = o.of.find((word) => word === value);
    if (found === undefined) throw new Error(`must be one of ${o.of.join(', ')}`);
    return found;
  });
}

/** As a replica set of MongoDB has. */
const SEVERAL_HOSTS = /^(mongodb:\/\/(?:[^@/?]*@)?[^,/?]+)(?:,[^/?]+)/;

/** A URL of one of the given protocols (`postgres:`, `https:`). */
export function url(env: string, o: Described<string> & { protocols: readonly string[] }): Setting<string> {
  const form = `URL starting with ${o.protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return setting(env, o, form, (value) => {
    const single = value.replace(SEVERAL_HOSTS, '$1');
    if (!URL.canParse(single) || !o.protocols.includes(new URL(single).protocol)) throw new Error(`must be a ${form}`);
    return value;
  });
}

/** Texts separated by commas. */
export function list(env: string, o: Described<readonly string[]> & { min?: number }): Setting<readonly string[]> {
  const read = (value: string): readonly string[] => {
    const items = value.split(',').map((item) => item.trim());
    const filled = items.filter((item) => item !== '');
    if (filled.length < (o.min ?? 0)) throw new Error(`must name at least ${o.min}, separated by commas`);
    return filled;
  };
  return { ...setting(env, o, 'list separated by commas', read), ...shown(o.default, (items) => items.join(',')) };
}

const SECRET_BYTES = 32;

/**
 * Keys of 32 bytes in base64, separated by commas: the first writes, all read, so that they can be rotated.
 * The default is for development alone: with NODE_ENV=production the service does not start on it.
 */
export function secrets(env: string, o: Described<readonly string[]>): Setting<readonly Buffer[]> {
  const read = (value: string): readonly Buffer[] => {
    const keys = value.split(',').map((key) => Buffer.from(key.trim(), 'base64'));
    if (keys.some((key) => key.length !== SECRET_BYTES)) {
      throw new Error('must be one or more keys of 32 bytes in base64, separated by commas (openssl rand -base64 32)');
    }
    return keys;
  };
  const { fallback: _text, ...rest } = setting(env, o, 'keys of 32 bytes in base64, separated by commas', () => []);
  const development = o.default?.join(',');
  return { ...rest, secret: true, parse: read, ...(development && { fallback: read(development) }) };
}

/** A text that is never printed; the default is for development alone. */
export function secretText(env: string, o: Described<string>): Setting<string> {
  return { ...text(env, o), secret: true };
}

/** Makes a setting that may be left out: then it is undefined. */
export function optional<T>(required: Setting<T>): Setting<T | undefined> {
  return { ...required, fallback: undefined, fallbackText: undefined };
}

function setting<T>(env: string, o: Described<T>, form: string, parse: (value: string) => T): Setting<T> {
  return { env, desc: o.desc, form, secret: false, parse, ...shown(o.default, String) };
}

function shown<T>(value: T | undefined, write: (value: T) => string): { fallback?: T; fallbackText?: string } {
  return value === undefined ? {} : { fallback: value, fallbackText: write(value) };
}

/** `90000` → `90s`: the largest unit that divides it. */
export function durationText(ms: number): string {
  const unit = Object.entries(UNITS).findLast(([, size]) => ms >= size && ms % size === 0);
  return unit ? `${ms / unit[1]}${unit[0]}` : `${ms}ms`;
}

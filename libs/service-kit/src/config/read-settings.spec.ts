import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformSettings } from './platform-settings.js';
import { readSettings, SettingsInvalid } from './read-settings.js';
import {
  choice,
  duration,
  flag,
  list,
  optional,
  type SettingsSpec,
  secrets,
  secretText,
  text,
  url,
  whole,
} from './settings.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER = Buffer.alloc(32, 8).toString('base64');

const read = <S extends SettingsSpec>(own: S, env: NodeJS.ProcessEnv) =>
  readSettings('user-service', { platform: {}, own }, env);

function problemsOf(own: SettingsSpec, env: NodeJS.ProcessEnv): readonly string[] {
  try {
    read(own, env);
    return [];
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.problems;
    throw error;
  }
}

it.each(['mongodb://a:1,b:2/?replicaSet=plaza', 'mongodb://me:secret@a,b:2/chat', 'mongodb+srv://c.example.org'])(
  'takes the URL of a replica set: %s',
  (value) => {
    const spec = { at: url('AT', { desc: 'servers', protocols: ['mongodb:', 'mongodb+srv:'] }) };
    expect(read(spec, { AT: value }).at).toBe(value);
  },
);

it('gives values their types', () => {
  const spec = {
    name: text('NAME', { desc: 'a name' }),
    port: whole('PORT', { desc: 'a port', max: 65_535 }),
    on: flag('ON', { desc: 'a switch' }),
    wait: duration('WAIT', { desc: 'a time' }),
    mode: choice('MODE', { desc: 'a mode', of: ['FAST', 'SLOW'] }),
    at: url('AT', { desc: 'an address', protocols: ['https:'] }),
    hosts: list('HOSTS', { desc: 'hosts' }),
    keys: secrets('KEYS', { desc: 'keys' }),
    none: optional(text('NONE', { desc: 'nothing' })),
  };
  const env = {
    NAME: ' a ',
    PORT: '80',
    ON: 'true',
    WAIT: '90s',
    MODE: 'SLOW',
    AT: 'https://a.b',
    HOSTS: 'a, b',
    KEYS: `${KEY},${OTHER}`,
  };
  expect(read(spec, env)).toEqual({
    name: 'a',
    port: 80,
    on: true,
    wait: 90_000,
    mode: 'SLOW',
    at: 'https://a.b',
    hosts: ['a', 'b'],
    keys: [Buffer.alloc(32, 7), Buffer.alloc(32, 8)],
    none: undefined,
  });
});

it('takes the default where nothing is set, or only spaces', () => {
  const spec = { wait: duration('WAIT', { desc: 'a time', default: 500 }) };
  expect(read(spec, {})).toEqual({ wait: 500 });
  expect(read(spec, { WAIT: ' ' })).toEqual({ wait: 500 });
});

it('lists everything that is wrong at once, with what is expected', () => {
  const spec = {
    port: whole('PORT', { desc: 'where to listen', min: 1, max: 9 }),
    mode: choice('MODE', { desc: 'how', of: ['A', 'B'] }),
    name: text('NAME', { desc: 'who' }),
  };
  expect(problemsOf(spec, { PORT: '10', MODE: 'C' })).toEqual([
    'PORT must be a whole number 1 to 9 (where to listen)',
    'MODE must be one of A, B (how)',
    'NAME is missing: text (who)',
  ]);
});

it.each([
  [whole('X', { desc: '' }), ['1.5', '-1', 'one', '1e3', '']],
  [duration('X', { desc: '', max: 60_000 }), ['5', '1.5s', '-1s', '2m', 's', '1 h']],
  [flag('X', { desc: '' }), ['yes', '1', 'TRUE']],
  [url('X', { desc: '', protocols: ['https:'] }), ['http://a.b', 'a.b', 'https//a']],
  [list('X', { desc: '', min: 1 }), [',', ' , ']],
  [secrets('X', { desc: '' }), ['short', `${KEY},`, 'not base64 at all!']],
])('refuses what does not fit (%#)', (setting, values) => {
  for (const value of values) expect(problemsOf({ setting }, { X: value })).toHaveLength(1);
});

it('reads a value from the file that <NAME>_FILE names', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plaza-')), 'secret');
  writeFileSync(file, `${KEY}\n`);
  const spec = { keys: secrets('KEYS', { desc: 'keys' }) };
  expect(read(spec, { KEYS_FILE: file }).keys).toEqual([Buffer.alloc(32, 7)]);
  expect(problemsOf(spec, { KEYS_FILE: `${file}-not` })[0]).toMatch(/^KEYS can't be read from .*ENOENT/);
  expect(problemsOf(spec, { KEYS_FILE: file, KEYS: KEY })[0]).toContain('is set twice');
});

describe('with NODE_ENV=production', () => {
  const spec = {
    keys: secrets('KEYS', { desc: 'keys', default: [KEY] }),
    pin: secretText('PIN', { desc: 'a pin', default: 'dev' }),
  };

  it('refuses the secrets for development, set or not', () => {
    expect(problemsOf(spec, { NODE_ENV: 'production' })).toHaveLength(2);
    expect(problemsOf(spec, { NODE_ENV: 'production', KEYS: KEY, PIN: 'dev' })).toHaveLength(2);
    expect(problemsOf(spec, { NODE_ENV: 'production', KEYS: `${OTHER},${KEY}`, PIN: 'mine' })).toHaveLength(1);
  });

  it('starts on secrets of its own', () => {
    expect(problemsOf(spec, { NODE_ENV: 'production', KEYS: OTHER, PIN: 'mine' })).toEqual([]);
  });

  it('holds for the secrets of the platform', () => {
    const platform = platformSettings('user-service');
    const start = () => readSettings('user-service', { platform, own: {} }, { NODE_ENV: 'production' });
    expect(start).toThrow(/PLAZA_MASTER_KEY .*production[\s\S]*PLAZA_CURSOR_KEY .*production/);
  });
});

it('does not repeat a secret in what it says about it', () => {
  expect(problemsOf({ keys: secrets('KEYS', { desc: 'keys' }) }, { KEYS: 'hunter2' }).join()).not.toContain('hunter2');
});

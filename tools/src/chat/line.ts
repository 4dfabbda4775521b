/** What somebody has typed. */
export type Input =
  | { do: 'nothing' | 'help' | 'list' | 'quit' }
  | { do: 'who' }
  | { do: 'say'; text: string }
  | { do: 'with'; username: string }
  | { do: 'open'; place: number }
  | { do: 'group'; name: string; usernames: string[] }
  | { do: 'react'; seq: number; emotion: string }
  | { do: 'edit'; seq: number; text: string }
  | { do: 'delete'; seq: number }
  | { do: 'wrong'; why: string };

interface CommandSpec {
  usage: string;
  desc: string;
  /** Undefined where the arguments are not as `usage` says. */
  read(rest: string): Input | undefined;
}

const EMOTIONS = ['LIKE', 'LOVE', 'LAUGH', 'SAD', 'ANGRY', 'WOW'];

const COMMANDS: Record<string, CommandSpec> = {
  help: { usage: '/help', desc: 'shows this', read: () => ({ do: 'help' }) },
  list: { usage: '/list', desc: 'your conversations, with what is unread', read: () => ({ do: 'list' }) },
  with: { usage: '/with USERNAME', desc: 'talks with one person', read: readWith },
  open: { usage: '/open N', desc: 'opens a conversation of the list', read: readOpen },
  group: { usage: '/group NAME USERNAME ...', desc: 'begins a group', read: readGroup },
  who: { usage: '/who', desc: 'who is in this conversation, and there', read: () => ({ do: 'who' }) },
  react: { usage: `/react N EMOTION`, desc: `reacts to message #N: ${EMOTIONS.join(' ')}`, read: readReact },
  edit: { usage: '/edit N TEXT', desc: 'changes your message #N', read: readEdit },
  delete: { usage: '/delete N', desc: 'deletes message #N for everybody', read: readDelete },
  quit: { usage: '/quit', desc: 'ends', read: () => ({ do: 'quit' }) },
};

export const HELP: readonly string[] = [
  ...Object.values(COMMANDS).map(({ usage, desc }) => `  ${usage.padEnd(26)}${desc}`),
  '  Anything else is said; what begins with // is said with one slash.',
];

/** Reads a line as it was typed. */
export function readInput(typed: string): Input {
  const text = typed.trim();
  if (text === '') return { do: 'nothing' };
  if (!text.startsWith('/')) return { do: 'say', text };
  if (text.startsWith('//')) return { do: 'say', text: text.slice(1) };
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(text) ?? [];
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return { do: 'wrong', why: `There is no /${name}. /help says what there is.` };
  return command.read(rest) ?? { do: 'wrong', why: `It is ${command.usage}.` };
}

function readWith(rest: string): Input | undefined {
  const [username, ...others] = words(rest);
  return username && others.length === 0 ? { do: 'with', username: withoutAt(username) } : undefined;
}

function readOpen(rest: string): Input | undefined {
  const place = number(rest);
  return place === undefined ? undefined : { do: 'open', place };
}

function readGroup(rest: string): Input | undefined {
  const [name, ...usernames] = words(rest);
  return name && usernames.length > 0 ? { do: 'group', name, usernames: usernames.map(withoutAt) } : undefined;
}

function readReact(rest: string): Input | undefined {
  const [seq, emotion = ''] = words(rest);
  const which = emotion.toUpperCase();
  const place = number(seq);
  return place !== undefined && EMOTIONS.includes(which) ? { do: 'react', seq: place, emotion: which } : undefined;
}

function readEdit(rest: string): Input | undefined {
  const [, seq, text] = /^(\S+)\s+(.+)$/s.exec(rest) ?? [];
  const place = number(seq);
  return place !== undefined && text ? { do: 'edit', seq: place, text } : undefined;
}

function readDelete(rest: string): Input | undefined {
  const seq = number(rest);
  return seq === undefined ? undefined : { do: 'delete', seq };
}

function words(rest: string): string[] {
  return rest.split(/\s+/).filter((word) => word !== '');
}

/** `#12` as well as `12`, as messages are shown. */
function number(word = ''): number | undefined {
  const digits = /^#?([1-9]\d{0,8})$/.exec(word.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function withoutAt(username: string): string {
  return username.replace(/^@/, '');
}

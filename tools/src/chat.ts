// `npm run chat -- --as USERNAME`: a chat in the terminal, on the same protocol as any other client: REST and /v1/stream.
import { Command } from 'commander';
import { AccountRefused, passwordFor, signIn } from './chat/account.js';
import { Api } from './chat/api.js';
import { Chat } from './chat/chat.js';
import { Terminal } from './chat/terminal.js';
import { whatRuns } from './launch/run-file.js';
import { launcherSettings } from './launch/settings.js';

interface Options {
  as: string;
  password?: string;
  url?: string;
  with?: string;
}

const options = new Command('chat')
  .description('talks with others on a running platform')
  .requiredOption('--as <username>', 'who you are; an account of that name is made where there is none')
  .option('--password <password>', 'default: PLAZA_CHAT_PASSWORD, or on this machine one made of the username')
  .option('--url <url>', 'where the gateway is; default: that of the platform that runs on this checkout')
  .option('--with <username>', 'whom to talk with at once')
  .parse()
  .opts<Options>();

try {
  await talk(options);
} catch (error) {
  process.exitCode = 1;
  console.error(wordsFor(error));
}

async function talk({ as: username, password: given = process.env.PLAZA_CHAT_PASSWORD, ...o }: Options): Promise<void> {
  const url = o.url ?? (await runningUrl());
  const password = passwordFor(username, { given, url });
  const api = new Api(url, await signIn(url, { username, password }));
  const terminal = new Terminal(process.stdin, process.stdout);
  const looks = { me: api.me.id, style: terminal.style, clock };
  const chat = new Chat(api, { looks, print: (line) => terminal.print(line) });
  terminal.onKey(() => void chat.typing());
  const running = chat.run().finally(() => terminal.close());
  // Not awaited: what is typed before anybody reads is lost.
  if (o.with) void chat.typed(`/with ${o.with}`);
  for await (const line of terminal.read()) if (await chat.typed(line)) break;
  if (!(await chat.finish())) throw new Error('Not everything was sent.');
  await running;
}

async function runningUrl(): Promise<string> {
  const { home, url } = launcherSettings(process.env);
  return (await whatRuns(home))?.url ?? url;
}

function clock(time: string): string {
  return new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
}

function wordsFor(error: unknown): string {
  if (error instanceof AccountRefused) return error.message;
  if (error instanceof Error && error.message === 'fetch failed')
    return 'Nothing answers there. Start the platform first (npm start), or name its gateway with --url.';
  return error instanceof Error ? String(error.stack) : String(error);
}

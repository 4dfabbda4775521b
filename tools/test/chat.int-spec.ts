import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Platform, startPlatform, Wire } from '@plaza/e2e';
import { eventually, testServers } from '@plaza/testing';
import { signIn } from '../src/chat/account.js';
import { Api } from '../src/chat/api.js';
import { Chat } from '../src/chat/chat.js';
import { PLAIN } from '../src/chat/style.js';

/** Somebody at a terminal that remembers what it printed. */
class Person {
  readonly lines: string[] = [];

  private constructor(
    readonly chat: Chat,
    lines: string[],
  ) {
    this.lines = lines;
  }

  static async at(url: string, username: string): Promise<Person> {
    const password = `the password of ${username}`;
    // A platform that has just started may be too busy for a first sign-in.
    const account = await eventually(() => signIn(url, { username, password }));
    const api = new Api(url, account);
    const lines: string[] = [];
    const style = { ...PLAIN, bad: (text: string) => `wrong: ${text}` };
    const looks = { me: api.me.id, style, clock: () => '10:31' };
    const person = new Person(new Chat(api, { looks, print: (line) => void lines.push(line) }), lines);
    void person.chat.run();
    await person.sees(`You are ${username}. /help says what you can do.`);
    return person;
  }

  async types(...lines: string[]): Promise<void> {
    for (const line of lines) await this.chat.typed(line);
  }

  sees(line: string): Promise<void> {
    return eventually(() => expect(this.lines).toContain(line));
  }

  /** What was wrong. */
  get complaints(): string[] {
    return this.lines.filter((line) => line.startsWith('wrong: '));
  }

  /** The messages on the screen. */
  get messages(): string[] {
    return this.lines.filter((line) => line.startsWith('#'));
  }
}

describe('the chat', () => {
  let platform: Platform;
  let wire: Wire;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    platform = await startPlatform('all-in-one', testServers());
    wire = await Wire.to(platform.client.baseUrl);
    alice = await Person.at(wire.url, 'alice');
    bob = await Person.at(platform.client.baseUrl, 'bob');
    await alice.types('/with bob');
    await bob.types('/with alice');
  }, 180_000);
  afterAll(async () => {
    for (const person of [alice, bob]) person?.chat.client.close();
    wire?.close();
    await platform?.stop();
  });
  beforeEach(() => {
    for (const person of [alice, bob]) person.lines.splice(0);
  });

  it('knows who was here before', async () => {
    const again = await Person.at(platform.client.baseUrl, 'alice');
    expect(again.chat.client.me.id).toBe(alice.chat.client.me.id);
    expect(await again.chat.finish()).toBe(true);
  });

  it("refuses a name that is somebody else's", async () => {
    const other = signIn(platform.client.baseUrl, { username: 'alice', password: 'another password' });
    await expect(other).rejects.toThrow('alice has another password here');
  });

  it('sends what was said without a connection when there is one again, once and in its order', async () => {
    await alice.types('one');
    await bob.sees('#1 10:31 alice: one');
    wire.cut();
    await alice.sees('There is no connection. It is tried again ...');
    await alice.types('two', 'three', 'four');
    wire.mend();
    await bob.sees('#4 10:31 alice: four');
    expect(bob.messages).toEqual(['one', 'two', 'three', 'four'].map((text, n) => `#${n + 1} 10:31 alice: ${text}`));
    await alice.sees('#4 10:31 you: four');
  });

  it('sends once what was under way when the connection was lost', async () => {
    const texts = Array.from({ length: 20 }, (_, number) => `text ${number}`);
    await alice.types(...texts);
    wire.cut();
    await alice.sees('There is no connection. It is tried again ...');
    wire.mend();
    await bob.sees('#24 10:31 alice: text 19');
    expect(bob.messages).toEqual(texts.map((text, n) => `#${n + 5} 10:31 alice: ${text}`));
    await alice.sees('#24 10:31 you: text 19');
  });

  it('shows once what was said while the connection was lost', async () => {
    wire.cut();
    await alice.sees('There is no connection. It is tried again ...');
    await bob.types('five', 'six');
    await bob.sees('#26 10:31 you: six');
    await bob.types('/edit 25 seven');
    await bob.sees('#25 is now: seven');
    wire.mend();
    await alice.sees('#25 is now: seven');
    expect(alice.lines).toContain('Connected again; nothing was missed.');
    expect(alice.messages).toEqual(['#25 10:31 bob: five', '#26 10:31 bob: six', '#25 is now: seven']);
  });

  it('says what is wrong, and goes on', async () => {
    await alice.types('/with nobody.of.that.name', '/edit 25 mine', '/react 999 LIKE', '/nothing');
    expect(alice.complaints).toEqual([
      'wrong: There is no such user.',
      'wrong: The message is not yours to change.',
      'wrong: There is no #999 here.',
      'wrong: There is no /nothing. /help says what there is.',
    ]);
    await alice.types('still here');
    await bob.sees('#27 10:31 alice: still here');
  });
});

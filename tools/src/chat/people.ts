import { nameOf } from './view.js';
import type { User } from './views.js';

/** The names of those who were met. */
export class People {
  private readonly names = new Map<string, string>();

  learn(users: readonly User[]): void {
    for (const user of users) this.names.set(user.id, nameOf(user));
  }

  knows(userId: string): boolean {
    return this.names.has(userId);
  }

  name(userId: string): string {
    return this.names.get(userId) ?? 'somebody';
  }
}

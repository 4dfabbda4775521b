import type { CommandDescription } from './command-routes.js';

/** The commands that the gateway answers itself. */
export const OWN_COMMANDS = {
  ping: {
    desc: 'Asks for an answer; its `id` is the place to resume from.',
    data: { type: 'object' },
  },
  auth: {
    desc: 'Goes on with a new access token of the same user, before the last one expires.',
    data: { type: 'object', properties: { token: { type: 'string' } }, required: ['token'] },
  },
} as const satisfies Readonly<Record<string, CommandDescription>>;

export type OwnCommand = keyof typeof OWN_COMMANDS;

export function isOwnCommand(type: string): type is OwnCommand {
  return Object.hasOwn(OWN_COMMANDS, type);
}

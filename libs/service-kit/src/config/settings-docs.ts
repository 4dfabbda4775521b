import { databaseKind } from '../service/database-kind.js';
import type { ServiceDefinition } from '../service/definition.js';
import { platformSettings } from './platform-settings.js';
import type { Setting, SettingsSpec } from './settings.js';

const HEAD = `# Settings

Generated from the services' \`config.ts\` by \`npm run generate\`; do not edit.

Every setting is an environment variable. Each can be given as a file instead: \`<NAME>_FILE\` names one that holds the value
(Docker and Kubernetes secrets). A service reads and checks them all before it starts, and lists everything that is wrong.
Secrets have a default for development alone: with \`NODE_ENV=production\` a service refuses to start on it.
`;

/** The text of docs/settings.md for these services: what all of them share, then each one's own. */
export function settingsDocs(definitions: readonly ServiceDefinition[]): string {
  const specs = definitions.map((definition) => ({ definition, settings: settingsOf(definition) }));
  const counts = new Map<string, number>();
  for (const { env } of specs.flatMap(({ settings }) => settings)) counts.set(env, (counts.get(env) ?? 0) + 1);
  const isShared = ({ env }: Setting<unknown>) => (counts.get(env) ?? 0) > 1;
  const shared = new Map(specs.flatMap(({ settings }) => settings.filter(isShared)).map((one) => [one.env, one]));
  const sections = specs.map(({ definition: { name, description }, settings }) =>
    section(
      name,
      description,
      settings.filter((one) => !isShared(one)),
    ),
  );
  return [HEAD, section('All services', '', [...shared.values()]), ...sections].join('\n');
}

function settingsOf(definition: ServiceDefinition): Array<Setting<unknown>> {
  const platform: SettingsSpec = platformSettings(definition.name, databaseKind(definition));
  return [...Object.values(platform), ...Object.values(definition.settings)];
}

function section(title: string, description: string, settings: ReadonlyArray<Setting<unknown>>): string {
  const rows = settings.map((one) => `| \`${one.env}\` | ${one.desc} | ${one.form} | ${defaultOf(one)} |`);
  const table = ['| setting | what it does | value | default |', '|---|---|---|---|', ...rows];
  return [`## ${title}`, '', ...(description ? [`${description}.`, ''] : []), ...table, ''].join('\n');
}

function defaultOf(setting: Setting<unknown>): string {
  if (setting.secret && 'fallback' in setting) return 'for development alone';
  if (!('fallback' in setting)) return 'none: it must be set';
  return setting.fallbackText ? `\`${setting.fallbackText}\`` : 'none';
}

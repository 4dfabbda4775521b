import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  declarationByType,
  declaredFacts,
  declaredTopics,
  type FactDeclaration,
  type TopicDeclaration,
} from '@plaza/contracts';
import { type ConsumerUse, consumersIn, declaresDatabase } from './consumers.js';
import { type FactDoc, factDocs } from './fact-docs.js';
import { factsBuiltIn } from './producers.js';
import { Sources } from './sources.js';

export interface CatalogueFact {
  declaration: FactDeclaration;
  doc: FactDoc;
}

export interface CatalogueTopic {
  declaration: TopicDeclaration;
  /** The key's shape, as `{followerId}:{followingId}`. */
  key: string;
  facts: CatalogueFact[];
  consumers: ConsumerUse[];
}

/** Who publishes what, and who reads it: the declarations in contracts joined with what the sources of the apps do. */
export interface Catalogue {
  topics: CatalogueTopic[];
  /** What is declared and not published, or published by others, or consumed and not declared, or not described. */
  problems: string[];
}

const composing = new Set(['all-in-one', 'e2e']);

export function readCatalogue(root: string): Catalogue {
  const sources = new Sources(root);
  const docs = factDocs(sources);
  const services = readdirSync(join(root, 'apps')).filter((name) => !composing.has(name));
  const files = new Map(services.map((name) => [name, filesOf(sources, name)]));
  const consumers = [...files].flatMap(([service, paths]) =>
    started(sources, paths, consumersIn(sources, service, paths)),
  );
  const built = new Map([...files].map(([service, paths]) => [service, factsBuiltIn(sources, paths)]));
  return {
    topics: declaredTopics().map((topic) => catalogueTopic(topic, docs, consumers)),
    problems: [
      ...declaredFacts().flatMap((it) => describedBadly(it, docs.get(it.payload.name)?.text ?? '')),
      ...declaredFacts().flatMap((it) =>
        wrongAboutProducers(it, (app) => built.get(app)?.has(it.payload.name) ?? false),
      ),
      ...[...built].flatMap(([app, names]) => publishedForOthers(app, names)),
      ...consumers.filter((it) => !declarationByType(it.type)).map(undeclared),
    ],
  };
}

/** The key's shape: which fields it is made of, and how. */
export function keyShape(declaration: FactDeclaration): string {
  const names = new Proxy({}, { get: (_, field) => `{${String(field)}}` });
  return declaration.key(names);
}

function filesOf(sources: Sources, app: string): string[] {
  const entries = ['index.ts', 'main.ts'].map((name) => join(sources.root, 'apps', app, 'src', name));
  return sources.reachableFrom(entries.filter((file) => existsSync(file)));
}

/**
 * A lib may bring one consumer in two forms, shared for services with a database and broadcast for those without: which
 * keep no positions and so have no shared consumers at all.
 */
function started(sources: Sources, files: string[], uses: ConsumerUse[]): ConsumerUse[] {
  const database = files.some((file) => declaresDatabase(sources.parse(file)));
  if (!database) return uses.filter((it) => it.broadcast);
  const shared = uses.filter((it) => !it.broadcast);
  const alsoShared = (use: ConsumerUse) => shared.some((it) => it.consumer === use.consumer && it.type === use.type);
  return uses.filter((it) => !it.broadcast || !alsoShared(it));
}

function catalogueTopic(
  declaration: TopicDeclaration,
  docs: Map<string, FactDoc>,
  consumers: ConsumerUse[],
): CatalogueTopic {
  const declared = declaredFacts().filter((it) => it.topic === declaration.name);
  const facts = declared.map((it) => ({
    declaration: it,
    doc: docs.get(it.payload.name) ?? { text: '', fields: {} },
  }));
  return {
    declaration,
    key: [...new Set(declared.map(keyShape))].join(' or '),
    facts,
    consumers: consumers.filter((it) => declaration.types.includes(it.type)),
  };
}

function describedBadly({ payload, producers, kind }: FactDeclaration, text: string): string[] {
  // What has no outbox has no commit to wait for.
  const end = `, ${kind === 'ephemeral' ? 'at once' : 'after commit'}, by ${producers.join(' and ')}.`;
  if (/^Published when ./.test(text) && text.endsWith(end)) return [];
  return [`${payload.name}: its JSDoc must read "Published when ...${end}"`];
}

/** `planned` excuses those producers that do not publish yet, so it has to go with the last of them. */
function wrongAboutProducers(
  { type, payload, producers, planned }: FactDeclaration,
  publishes: (app: string) => boolean,
): string[] {
  const missing = producers.filter((app) => !publishes(app));
  if (planned && missing.length > 0) return [];
  if (planned) return [`${type} is declared as planned, but apps/${producers.join(', apps/')} publishes it`];
  return missing.map((app) => `${type} has no producer: nothing in apps/${app} builds a ${payload.name} to publish`);
}

function publishedForOthers(app: string, built: ReadonlySet<string>): string[] {
  const others = declaredFacts().filter(({ payload, producers }) => {
    return built.has(payload.name) && producers.every((producer) => producer !== app);
  });
  return others.map((it) => {
    return `apps/${app} builds a ${it.payload.name}, but is not declared as a producer of ${it.type}`;
  });
}

function undeclared({ type, file, service, consumer }: ConsumerUse): string {
  return `${file}: ${service}.${consumer} consumes ${type}, which is not declared in libs/contracts`;
}

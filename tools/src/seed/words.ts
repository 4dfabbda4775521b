import type { Faker } from '@faker-js/faker';
import type { Chance } from './chance.js';

/** What somebody likes to write about. */
export interface Topic {
  hashtags: readonly string[];
  sentence(fake: Faker): string;
}

/** Characters as people count them, for a post or a comment. */
const MAX_CHARACTERS = 280;

export const topics: readonly Topic[] = [
  {
    hashtags: ['music', 'nowplaying', 'vinyl'],
    sentence: ({ music }) => `"${music.songName()}" by ${music.artist()} has been on repeat all morning.`,
  },
  {
    hashtags: ['books', 'amreading'],
    sentence: ({ book }) => `Just finished "${book.title()}" by ${book.author()}. What should I read next?`,
  },
  { hashtags: ['food', 'cooking'], sentence: ({ food }) => `${food.dish()} tonight. ${food.description()}` },
  { hashtags: ['tech', 'devlife', 'opensource'], sentence: ({ hacker }) => hacker.phrase() },
  {
    hashtags: ['travel', 'wanderlust'],
    sentence: ({ location, word }) => `${word.adjective()} days in ${location.city()}, ${location.country()}.`,
  },
  {
    hashtags: ['dogs', 'animals'],
    sentence: ({ animal, person }) =>
      `Met a ${animal.dog()} called ${animal.petName()}. ${person.firstName()} is in love.`,
  },
  {
    hashtags: ['cycling', 'outdoors'],
    sentence: ({ vehicle, location, number }) =>
      `${number.int({ min: 12, max: 140 })} km to ${location.city()} on the ${vehicle.bicycle()}.`,
  },
  {
    hashtags: ['work', 'startups'],
    sentence: ({ company }) => `${company.name()}: ${company.catchPhrase()}. Or as they say, ${company.buzzPhrase()}.`,
  },
];

const reactions = [
  'So true!',
  'I had no idea.',
  'Where was that?',
  'Love this.',
  'Not sure I agree, but well said.',
  'Congratulations!',
  'Same here.',
  'Tell me more.',
  'This made my day.',
  'I was there last year, highly recommended.',
  'Thanks for sharing.',
  'Haha, exactly.',
] as const;

export interface PostWords {
  content: string;
  linkUrl?: string;
}

/** @param mentioned usernames, of which the text may name one */
export function postWords(chance: Chance, topic: Topic, mentioned: readonly string[]): PostWords {
  const { fake } = chance;
  const about = chance.yes(0.75) ? topic : chance.pick(topics);
  const tags = chance.yes(0.6) ? chance.shuffled(about.hashtags).slice(0, chance.yes(0.3) ? 2 : 1) : [];
  const parts = [
    about.sentence(fake).replace(/^\p{Ll}/u, (letter) => letter.toUpperCase()),
    ...(mentioned.length > 0 && chance.yes(0.15) ? [`with @${chance.pick(mentioned)}`] : []),
    ...(chance.yes(0.2) ? [fake.internet.emoji()] : []),
    ...tags.map((tag) => `#${tag}`),
  ];
  const link = chance.yes(0.1) ? { linkUrl: `https://news.example.org/${fake.lorem.slug()}` } : {};
  return { content: fitting(parts), ...link };
}

/** @param to the username of whom it answers, whom it may name */
export function reaction(chance: Chance, to: string): string {
  return fitting([
    ...(chance.yes(0.2) ? [`@${to}`] : []),
    chance.pick(reactions),
    ...(chance.yes(0.2) ? [chance.fake.internet.emoji()] : []),
  ]);
}

/** The parts in one text; what no longer fits is left out, the first part is cut. */
function fitting([first = '', ...others]: string[]): string {
  let text = cut(first);
  for (const part of others) {
    const longer = `${text} ${part}`;
    if ([...longer].length <= MAX_CHARACTERS) text = longer;
  }
  return text;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_CHARACTERS
    ? text
    : `${characters
        .slice(0, MAX_CHARACTERS - 1)
        .join('')
        .trimEnd()}…`;
}

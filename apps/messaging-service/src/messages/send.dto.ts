import { ApiPropertyOptional } from '@nestjs/swagger';
import { type MessageType, messageTypes } from '@plaza/contracts';
import { both, isPlainText, isWebUrl, mayBe } from '@plaza/service-kit';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsUUID, ValidateBy } from 'class-validator';
import { isMetadata } from './metadata.js';

/** What people send: SYSTEM messages come with changes of a conversation. */
const sendableTypes = messageTypes.filter((type) => type !== 'SYSTEM');
type SendableType = Exclude<MessageType, 'SYSTEM'>;

const WORDS = { max: 4_000, lines: true };
const MAX_EMOTION = 32;
const MAX_URL = 2_048;
const EMOJI = /^(\p{RGI_Emoji}|\p{Extended_Pictographic})$/v;

/** Body of POST /v1/conversations/{id}/messages. */
export class SendMessage {
  @ApiPropertyOptional({ format: 'uuid', description: 'Chosen by the client: sent again, it is the same message' })
  @mayBe(undefined)
  @LowerCase()
  @IsUUID()
  clientId?: string;

  @ApiPropertyOptional({ enum: sendableTypes, default: 'TEXT' })
  @IsIn(sendableTypes)
  type: SendableType = 'TEXT';

  @Content() content?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The message of the same conversation that this one answers' })
  @mayBe(undefined)
  @LowerCase()
  @IsUUID()
  replyToId?: string;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', format: 'uuid' },
    maxItems: 50,
    uniqueItems: true,
    description: 'Members whom the text names; who is none is left out',
  })
  @Transform(({ value }) => (Array.isArray(value) ? value.map(lowerCase) : value))
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsUUID('all', { each: true })
  mentionedUserIds: string[] = [];

  @Metadata() metadata?: Record<string, unknown>;
}

/** What is said depends on the type: words, one emoji, or what stands below a picture. */
function Content(): PropertyDecorator {
  const description = `The words of a TEXT; of an EMOTION one emoji; else what stands below it, which may be absent`;
  return both(
    ApiPropertyOptional({ type: String, minLength: 1, maxLength: WORDS.max, description, example: 'Good morning!' }),
    ValidateBy({
      name: 'content',
      validator: {
        validate: (value, args) => isContent(value, typeOf(args?.object)),
        defaultMessage: (args) => RULES[typeOf(args?.object)] ?? CAPTION,
      },
    }),
  );
}

const CAPTION = `must be a text of 1 to ${WORDS.max} characters, or absent`;
const RULES: Partial<Record<MessageType, string>> = {
  TEXT: `must be a text of 1 to ${WORDS.max} characters, without control characters`,
  EMOTION: 'must be one emoji',
};

function isContent(value: unknown, type: MessageType): boolean {
  if (type === 'TEXT') return isPlainText(value, WORDS);
  if (type === 'EMOTION') return isPlainText(value, { max: MAX_EMOTION }) && EMOJI.test(value);
  return value === undefined || isPlainText(value, WORDS);
}

/** What clients want to know of a message beside its words; of a picture and the like where it is. */
function Metadata(): PropertyDecorator {
  const description =
    'An object of at most 4 KB and 4 levels, without `$` and `.` in its names. IMAGE, VIDEO, AUDIO and DOCUMENT need a `url`';
  return both(
    ApiPropertyOptional({ type: 'object', additionalProperties: true, description }),
    ValidateBy({
      name: 'metadata',
      validator: {
        validate: (value, args) =>
          isOfMedia(typeOf(args?.object)) ? isMedia(value) : value === undefined || isMetadata(value),
        defaultMessage: () =>
          'must be an object of at most 4 KB and 4 levels, without $ and . in its names, with a url for media',
      },
    }),
  );
}

function isMedia(value: unknown): boolean {
  return isMetadata(value) && isWebUrl(value.url, MAX_URL);
}

function isOfMedia(type: MessageType): boolean {
  return type !== 'TEXT' && type !== 'EMOTION';
}

function typeOf(body: object | undefined): MessageType {
  return body instanceof SendMessage ? body.type : 'TEXT';
}

/** An id in capitals is the same id. */
function LowerCase(): PropertyDecorator {
  return Transform(({ value }) => lowerCase(value));
}

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

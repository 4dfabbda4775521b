/** A frame that a client has sent. */
export interface CommandFrame {
  /** Chosen by the client: it stands in the answer. */
  id: string;
  type: string;
  data: Readonly<Record<string, unknown>>;
}

/** What is wrong with a frame; `re` where its id could be read. */
export interface FrameProblem {
  re: string | null;
  problem: string;
}

export const COMMAND_ID_LENGTH = 64;
const FIELDS = new Set(['id', 'type', 'data']);

/** Reads a frame's envelope. What its data must be is for the command to say. */
export function readCommandFrame(text: string): CommandFrame | FrameProblem {
  const frame = parsed(text);
  if (!isObject(frame)) return { re: null, problem: 'A frame is a JSON object.' };
  const { id, type, data = {} } = frame;
  if (typeof id !== 'string' || id === '' || id.length > COMMAND_ID_LENGTH) {
    return { re: null, problem: `A frame has an id: a text of 1 to ${COMMAND_ID_LENGTH} characters.` };
  }
  if (typeof type !== 'string') return { re: id, problem: 'A frame has a type.' };
  if (!isObject(data)) return { re: id, problem: 'The data of a frame is an object.' };
  const unknown = Object.keys(frame).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) return { re: id, problem: 'A frame has nothing but id, type and data.' };
  return { id, type, data };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what a frame is.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

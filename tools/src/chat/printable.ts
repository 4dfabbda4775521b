// What moves the cursor, changes colours or turns the direction of a line, and what stands for no character at all.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A text of somebody else in one line of a terminal: nothing in it can be taken for a command to the terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\u00b7');
}

/** The same of several lines: those after the first are set in, so that none can be taken for another's message. */
export function printableLines(text: string, indent = '    '): string {
  return text
    .split(/\r\n|\n/)
    .map(printable)
    .join(`\n${indent}`);
}

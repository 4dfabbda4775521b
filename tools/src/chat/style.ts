import { styleText } from 'node:util';

type Paint = (text: string) => string;

/** How a terminal shows what is what. */
export interface Style {
  name: Paint;
  mine: Paint;
  dim: Paint;
  bad: Paint;
}

const as =
  (format: Parameters<typeof styleText>[0]): Paint =>
  (text) =>
    styleText(format, text, { validateStream: false });
const unchanged: Paint = (text) => text;

export const COLOURED: Style = {
  name: as(['bold', 'cyan']),
  mine: as(['bold', 'green']),
  dim: as('dim'),
  bad: as('red'),
};
/** For files and pipes. */
export const PLAIN: Style = { name: unchanged, mine: unchanged, dim: unchanged, bad: unchanged };

// `npm start`: the whole platform in one process, on servers that it brings along.
import { launch } from './launch/launch.js';

await launch('all-in-one');

/** What the script tag loads: registers every element and exports their classes. */
import './define.ts';

export * from './index.ts';

import type { BerElement } from './ber.ts';

/** `[number] EXPLICIT`: an element of the context-specific class around another; number 0 to 30. */
export function explicit(number: number, element: BerElement): BerElement {
  return { tag: contextTag(number), content: [element] };
}

/** `[APPLICATION number]`: an element of the application class around another; number 0 to 30. */
export function application(number: number, element: BerElement): BerElement {
  return { tag: applicationTag(number), content: [element] };
}

/** The tag byte of a constructed element of the context-specific class. @see ITU-T X.690 section 8.1.2 */
export function contextTag(number: number): number {
  return 0xa0 | number;
}

/** The tag byte of a constructed element of the application class. @see ITU-T X.690 section 8.1.2 */
export function applicationTag(number: number): number {
  return 0x60 | number;
}

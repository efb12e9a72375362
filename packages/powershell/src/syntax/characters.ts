/** Classes of characters, with the typographic quotes and dashes that PowerShell takes for the plain ones (2.2, 2.3.5.2). */

export function isSpace(character: string | undefined): boolean {
  return character !== undefined && /[\p{Zs}\t\v\f\u0085]/u.test(character);
}

export function isDash(character: string | undefined): boolean {
  return character !== undefined && '-\u2013\u2014\u2015'.includes(character);
}

export function isSingleQuote(character: string | undefined): boolean {
  return character !== undefined && "'\u2018\u2019\u201A\u201B".includes(character);
}

export function isDoubleQuote(character: string | undefined): boolean {
  return character !== undefined && '"\u201C\u201D\u201E'.includes(character);
}

export function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** Of a name of a variable or a member: letters, digits, `_`. */
export function isNameCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

/** Ends an unquoted word. */
export function endsWord(character: string | undefined): boolean {
  return character === undefined || isSpace(character) || '\n;|&<>(){},'.includes(character);
}

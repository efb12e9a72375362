import type { SeededSequence } from './seeded.ts';

/** A person's name in its own script, and in the ASCII letters of account names. */
export interface PersonName {
  readonly givenName: string;
  readonly surname: string;
  readonly asciiGivenName: string;
  readonly asciiSurname: string;
}

interface Culture {
  readonly given: readonly string[];
  readonly surnames: readonly string[];
  /** Out of 100 people. */
  readonly share: number;
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Names of one script each. A name that the tables below cannot spell in ASCII has its spelling after a slash. */
const CULTURES: readonly Culture[] = [
  {
    share: 42,
    given: words(`James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan
      Joseph Jessica Thomas Sarah Charles Karen Daniel Nancy Matthew Lisa Anthony Betty Mark Sandra Paul Ashley
      Andrew Emily Joshua Donna Kevin Michelle Brian Carol George Amanda`),
    surnames: words(`Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson Martin
      Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Baker
      Nelson Carter Mitchell Roberts Turner Phillips Campbell Parker Evans O'Brien O'Connor McDonald Fitz-Gerald`),
  },
  {
    share: 12,
    given: words(
      `Jürgen Käthe Björn Sören Günther Anneliese Jörg Bärbel Heiko Ulrike Klaus Sabine Götz Renate Lukas Anja`,
    ),
    surnames: words(
      `Müller Schäfer Groß Weiß Köhler Schröder Jäger Krüger Böhm Vogt Lübke Strauß Hübner Franke Möller`,
    ),
  },
  {
    share: 9,
    given: words(`Åsa Bjørn Søren Kjær Øystein Þóra Guðrún Lærke Håkon Maja Aino Väinö Jón Signe Mårten Frøya`),
    surnames: words(`Åkerström Sørensen Ødegård Þórsdóttir Nygård Hämäläinen Kjærgaard Lindqvist Bjørklund Sigurðsson
      Mäkelä Strømme Östberg Jørgensen`),
  },
  {
    share: 9,
    given: words(`François Zoé Benoît Anaïs Jérôme Chloé Loïc Hélène Gaëlle Rémi Cécile Noël Maëlys Étienne`),
    surnames: words(
      `Lefèvre Dubois Bélanger Côté Gagné Mérieux Françoise Léger Château Garçon Prévôt Châtelain Moreau`,
    ),
  },
  {
    share: 9,
    given: words(`José María Íñigo Begoña Andrés Inés Ángel Concepción Martín Lucía João Conceição Óscar Núria`),
    surnames: words(`García Muñoz Núñez Peña Ibáñez Gutiérrez Jiménez Ordóñez Gonçalves Simões Araújo Vázquez Pérez`),
  },
  {
    share: 7,
    given: words(
      `Łukasz Małgorzata Paweł Żaneta Jiří Kateřina Zdeněk Šárka István Erzsébet Șerban Ștefania Dušan Živka`,
    ),
    surnames: words(
      `Wójcik Kowalczyk Łęcki Dąbrowski Dvořák Černý Novák Němcová Szabó Kővári Țepeș Đorđević Žižka Müllerová`,
    ),
  },
  {
    share: 3,
    given: words(`Çağla Ömer Şule İbrahim Gülşen Oğuz`),
    surnames: words(`Yılmaz Öztürk Şahin Çelik Doğan Aydın`),
  },
  { share: 3, given: words(`Đặng Thị Hồng Nguyệt Tuấn Phương`), surnames: words(`Nguyễn Trần Phạm Huỳnh Vũ Bùi`) },
  {
    share: 2,
    given: words(`Γιώργος Ελένη Νίκος Κατερίνα Δημήτρης`),
    surnames: words(`Παπαδόπουλος Ιωάννου Κωνσταντίνου Γεωργίου Δημητρίου`),
  },
  {
    share: 2,
    given: words(`Ольга Сергей Наталья Дмитрий Юлия Олександр`),
    surnames: words(`Иванов Щербаков Кузнецова Шевченко Чайковский Жуков`),
  },
  {
    share: 2,
    given: words(`花子/Hanako 太郎/Taro 美咲/Misaki 伟/Wei 芳/Fang 민준/Minjun 서연/Seoyeon`),
    surnames: words(`山田/Yamada 佐藤/Sato 鈴木/Suzuki 王/Wang 李/Li 김/Kim 박/Park`),
  },
];

/** Letters that do not become ASCII by leaving out their marks, each with its spelling. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  words(`ß=ss æ=ae ø=o ð=d þ=th đ=d ł=l ı=i œ=oe
    α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o
    а=a б=b в=v г=g д=d е=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh
    щ=shch ъ= ы=y ь= э=e ю=yu я=ya і=i`).map((entry) => [entry.slice(0, 1), entry.slice(2)]),
);

/** A name of one of the cultures, given and family name of the same one. */
export function pickPersonName(sequence: SeededSequence): PersonName {
  let ticket = sequence.integer(100);
  let culture = CULTURES[0];
  for (const candidate of CULTURES) {
    culture = candidate;
    if (ticket < candidate.share) break;
    ticket -= candidate.share;
  }
  const given = splitSpelling(sequence.pick(culture?.given ?? []));
  const surname = splitSpelling(sequence.pick(culture?.surnames ?? []));
  return { givenName: given.own, surname: surname.own, asciiGivenName: given.ascii, asciiSurname: surname.ascii };
}

/** A word in ASCII: marks left out, other letters spelled, everything else dropped. */
export function spellInAscii(word: string): string {
  const letters = Array.from(word.normalize('NFD').toLowerCase(), (letter) => SPELLINGS.get(letter) ?? letter);
  return letters.join('').replaceAll(/[^a-z0-9-]/g, '');
}

function splitSpelling(entry: string): { own: string; ascii: string } {
  const [own = '', ascii] = entry.split('/');
  return { own, ascii: ascii?.toLowerCase() ?? spellInAscii(own) };
}

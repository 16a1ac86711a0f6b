import { describe, expect, it } from 'vitest';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';

const vocabulary = new Vocabulary();
/** Frequent in the European Union; some of them are words of imaging in another of its languages. */
const GIVEN_NAMES =
  'Adam Agnes Ala Alexander Anca Andrea Andreas Angela Anna Anne Antonio Axel Barbara Ben Birgit Bruno Carlos Carmen Christian Claudia Clara Cristina Daniel Danka David Diana Dorota Elena Elisabeth Emma Erik Eva Ewa Filip Fran Francesca Francesco Frank Georg Giulia Giuseppe Hanna Hans Heike Helena Helga Ida Ilona Ingrid Irene Isabel Ivan Jan Jana Janis Jean Joanna Johan Johanna José Josef Juan Julia Kadri Karin Karl Katarzyna Kim Klara Klaus Krisztina Laura Lena Leo Lidia Lucia Ludwig Luigi Luisa Maja Marco Marek Maria Marie Mario Marta Martin Matteo Max Michael Monika Nicole Nikola Nina Ola Olga Otto Paul Paula Pavel Pedro Peter Petra Pierre Piotr Reka Renata Rene Robert Roberto Rosa Sabine Sara Sofia Stefan Susanne Sven Sylvia Teresa Thomas Tomas Udo Ursula Uwe Vera Veronika Victor Vid Viktoria Wanda Werner Wolfgang Yves Zdenek Zofia Zsuzsa Γιώργος Μαρία Ελένη Иван Мария Георги'.split(
    ' ',
  );

describe('the vocabulary of descriptions', () => {
  it('holds no frequent given name, whatever word of another language it folds to', () => {
    expect(GIVEN_NAMES.filter((name) => vocabulary.allows(name))).toEqual([]);
  });

  it.each([
    ['bg', 'дясно коляно'],
    ['cs', 'levé koleno boční'],
    ['da', 'venstre skulder forfra'],
    ['de', 'rechtes Handgelenk seitlich'],
    ['el', 'αριστερός ώμος'],
    ['en', 'left shoulder oblique'],
    ['es', 'muñeca izquierda'],
    ['et', 'vasak põlv'],
    ['fi', 'oikea olkapää'],
    ['fr', 'épaule gauche profil'],
    ['ga', 'gualainn chlé'],
    ['hr', 'lijevo rame'],
    ['hu', 'bal váll'],
    ['it', 'spalla sinistra'],
    ['lt', 'kairysis petys'],
    ['lv', 'kreisais plecs'],
    ['mt', 'spalla xellugija'],
    ['nl', 'linker schouder'],
    ['no', 'venstre albue'],
    ['pl', 'lewy łokieć'],
    ['pt', 'ombro esquerdo'],
    ['ro', 'umăr stâng'],
    ['sk', 'ľavé rameno'],
    ['sl', 'levo zapestje'],
    ['sv', 'vänster armbåge'],
  ])('knows side and part of the body in %s: %s', (_language, text) => {
    for (const word of text.split(' ')) expect(vocabulary.allows(word), word).toBe(true);
  });
});

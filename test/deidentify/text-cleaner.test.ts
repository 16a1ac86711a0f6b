import { describe, expect, it } from 'vitest';
import { KnownIdentifiers } from '../../node-agent/deidentify/text/known-identifiers.ts';
import { TextCleaner, type TextMode } from '../../node-agent/deidentify/text/text-cleaner.ts';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';
import { makeDataSet } from '../../node-agent/dicom/element.ts';
import { ctElements, ENCODING, text } from './fixtures.ts';

const vocabulary = new Vocabulary();
const cleaner = new TextCleaner(vocabulary);
const known = new KnownIdentifiers(
  makeDataSet(ENCODING, ctElements(text('InstitutionName', 'LO', 'Klinikum Sankt Florian Radiology'))),
  vocabulary,
);
const clean = (value: string, mode: TextMode = 'allow-list'): string => cleaner.clean(value, mode, known);

describe('a description', () => {
  it.each([
    ['CT THORAX Dr. Papadopoulos 12.03.1958', 'CT THORAX'],
    ['MRT Schädel nativ, Fr. Müller geb. Schmidt', 'MRT Schädel nativ'],
    ['IRM hépatique Mme Dupont 3 mm', 'IRM hépatique 3 mm'],
    ['Knee left, call +49 (0)30 1234567', 'Knee left'],
    ['chest https://pacs.example.org/p?id=4 lung', 'chest lung'],
    ['abdomen anna@example.org', 'abdomen'],
    ['Liver 2019-05-04 follow up', 'Liver follow up'],
    ['Thorax 4. Mai 2019 nativ', 'Thorax nativ'],
    ['Abdomen 943 476 5919', 'Abdomen'],
    ['Prostate 123-45-6789', 'Prostate'],
    ['T2 1.2.840.113619.2.55.3 ax', 'T2 ax'],
    ['head 2019 ct', 'head ct'],
    ['Dr. Brust CT', 'CT'],
    ['Ottilie Brandstetter', ''],
    ['BRANDSTETTER lung MRN-4711-0815', 'lung'],
    ['Chest 555_123_4567', 'Chest'],
    ['Chest 555;123;4567 lung', 'Chest lung'],
    ['Chest 555 - 123 - 4567', 'Chest'],
    ['Chest 555–123–4567', 'Chest'],
    ['Chest 943  476  5919', 'Chest'],
    ['CT 15_04_23 lung', 'CT lung'],
    ['CT 15 04 23', 'CT'],
    ['CT 15_04_2023 lung', 'CT lung'],
    ['CT vom 15.04. Thorax', 'CT Thorax'],
    ['CT 04/15 lung', 'CT lung'],
    ['lung 93yr old', 'lung'],
    ['lung 101 y', 'lung'],
    ['Thorax Zi. 12', 'Thorax'],
    ['Thorax Zimmer 4B nativ', 'Thorax nativ'],
    ['head room 214 bed 3', 'head'],
    ['CT DE89 3704 0044 0532 0130 00 lung', 'CT lung'],
    ['16-NOV-2008 MRT aju', 'MRT aju'],
    ['CT 12 de mayo de 2019 tórax', 'CT tórax'],
    ['CT 2019. május 12. mellkas', 'CT mellkas'],
    ['Thorax 3. maj 1971 nativ', 'Thorax nativ'],
    ['θώρακας 5 Μαρτίου 2020', 'θώρακας'],
    ['CT 7. ledna 2020 hrudníku', 'CT hrudníku'],
    ['CT 2019:05:12 lung', 'CT lung'],
    ['2008 MRT Knie 12 mrt 2019', 'MRT Knie'],
    ['máj 1938. május 27., 70 mm', 'máj , 70 mm'],
    ['Thorax Dr. Kern axial', 'Thorax axial'],
    ['knee Dr Long lateral', 'knee lateral'],
    ['Sig.ra Costa torace', 'torace'],
    ['г-н Гръбначен мозък', 'мозък'],
    ['κ. Σταματόπουλος θώρακας', 'θώρακας'],
    ['paní Zelenková hlava', 'hlava'],
    ['Kovácsné Ilonka úr mellkas', 'mellkas'],
    ['Liepiņa kundze galva', 'galva'],
    ['liver (030) 338-9301', 'liver'],
    ['liver anna@mail.example.org_anna@mail.example.org', 'liver'],
    ['whole body, 240 650 740', 'whole body'],
    ['brain FOV 350 020 1010 5092', 'brain FOV 350'],
    ['chest_https://portal.example.org/meier/1', 'chest'],
    ['lung +420962453313 3 mm', 'lung 3 mm'],
    ['CT 7359 140757 lung', 'CT lung'],
    ['Lunge BRANDSTET axial', 'Lunge axial'],
  ])('"%s" loses who and when', (value, expected) => {
    expect(clean(value)).toBe(expected);
  });

  it.each([
    't2_tse_tra_p2_320',
    'ep2d_diff_b50_400_800_ADC',
    'Thorax 1.0 B31f',
    'DR CHEST PA',
    'MR Brain w/o contrast 5.0mm',
    'Becken-Bein axial 3D',
    'ÎRM hépatique T1 Dixon'.replace('Î', 'I'),
    'AxT2 FLAIR',
    'CT Abdomen 120kV 1.5x1.5x3',
    'Θώρακας αξονική',
    'axial 3/5 mm',
    'DWI 50_400_800',
    'DWI 0_500_1000_1500',
    'lossy JPEG 10:1',
    'JPEG 2000 irreversible (lossy) 18:1',
    'JPEG-LS near-lossless 8:1',
    'echo 12/24 ms',
    'PET 7 bed 3 min',
    'TE 80 ms TR 3000 TI 150',
    'lung 30%',
    'b=1000 s/mm',
    'ep2d diff b50 400 800',
    'DWI 0 500 1000',
    '70 keV 5 mm',
    '1.5 x 1.5 mm',
    'DR LONG BONE',
    '45 y',
  ])('"%s" stays as it is', (value) => {
    expect(clean(value)).toBe(value);
  });

  it('loses a third person whose name is nowhere in the header', () => {
    expect(clean('Lung biopsy Kowalczyk Jan')).toBe('Lung biopsy');
  });

  it('loses a name that is also a word when the patient is called so', () => {
    const patient = new KnownIdentifiers(
      makeDataSet(ENCODING, ctElements(text('PatientName', 'PN', 'Head^Lena'))),
      vocabulary,
    );
    expect(cleaner.clean('Head CT', 'allow-list', patient)).toBe('CT');
    expect(patient.identifies('HEAD')).toBe(false);
  });
});

describe('a technical text', () => {
  it.each([
    'SIGNA Architect',
    'syngo CT VB10A',
    '1.9.0.534',
    'Ingenia Elition X',
    'Optima CT660',
    'VQ-256 rev.3',
    'Optiplan D Frontier',
    'Zetrakon PR Viewer',
    'Kestrel M Zoomer',
  ])('"%s" stays as it is', (value) => {
    expect(clean(value, 'guarded')).toBe(value);
  });

  it.each([
    ['nnU-Net -i /home/meier/otto_1950/ct.nii', 'nnU-Net -i'],
    ['model C:\\Users\\meier\\case.dcm fold 0', 'model fold 0'],
    ['from data/meier/ct.nii', 'from'],
    ['\\\\server\\share\\meier', ''],
  ])('loses the place of a file: "%s"', (value, expected) => {
    expect(clean(value, 'guarded')).toBe(expected);
  });

  it.each(['T1/T2', 'I30f/3', 'Philips/Ingenia', '1.5 / 3 T'])('keeps a slash that is no path: "%s"', (value) => {
    expect(clean(value, 'guarded')).toBe(value);
  });

  it('loses what the header calls a person or a place, but not the trade', () => {
    expect(clean('Florian Radiology Scanner', 'guarded')).toBe('Radiology Scanner');
    expect(clean('Scanner of Dr. Kowalczyk', 'guarded')).toBe('Scanner of');
    expect(clean('Built 12.03.2019', 'guarded')).toBe('Built');
    expect(clean('Unit 123456789', 'guarded')).toBe('Unit');
    expect(clean('syngo MR E11 020 6293 5297', 'guarded')).toBe('syngo MR E11');
    expect(clean('HiRes 5.7 020 6293 5297', 'guarded')).toBe('HiRes 5.7');
    expect(clean('Filter 0170/8712561', 'guarded')).toBe('Filter');
    expect(clean('syngo MR E11 06.33.29.47.15', 'guarded')).toBe('syngo MR E11');
    expect(clean('syngo MR E11 RSSMRA85T10A562S', 'guarded')).toBe('syngo MR E11');
    expect(clean('Filter of 12.3.58, 1958_03_12', 'guarded')).toBe('Filter of');
    expect(clean('syngo 12_03_2019', 'guarded')).toBe('syngo');
    expect(clean('Kovács Ilonka úr', 'guarded')).toBe('');
    expect(clean('Filter pr Mägisoo', 'guarded')).toBe('Filter');
  });
});

import { expect, it } from 'vitest';
import { ClinicalTerms } from '../../../node-agent/harmonise/clinical/clinical-terms.ts';
import { mappingSchema } from '../../../node-agent/harmonise/clinical/mapping.ts';
import { mappingObjections } from '../../../node-agent/harmonise/clinical/mapping-objections.ts';
import { proposeMapping } from '../../../node-agent/harmonise/clinical/mapping-proposal.ts';
import { readClinicalFile } from '../../../node-agent/harmonise/clinical/readers/read-clinical-file.ts';
import { loadCommonDataModel } from '../../../node-agent/harmonise/common-data-model.ts';
import { readHyperOntology } from '../../../node-agent/harmonise/ontology/hyper-ontology.ts';

const tables = { model: loadCommonDataModel(), ontology: readHyperOntology(), terms: new ClinicalTerms() };
const proposed = async (...lines: string[]) => {
  const mapping = proposeMapping(await readClinicalFile(Buffer.from(lines.join('\n'))), tables);
  expect(mappingSchema.parse(mapping)).toEqual(mapping);
  expect(mappingObjections(mapping, tables.model, tables.ontology)).toEqual([]);
  return mapping.parts[0];
};
const targets = (part: Awaited<ReturnType<typeof proposed>>) =>
  Object.fromEntries((part?.columns ?? []).map(({ column, target }) => [column, target]));

it.each([
  [
    'German',
    'Patienten-ID;Geburtsdatum;Geschlecht;Diagnosedatum;Therapiebeginn',
    'A;12.03.1958;weiblich;04.03.2021;01.05.2021',
    'DD.MM.YYYY',
  ],
  [
    'French',
    'id_patient;date de naissance;sexe;date du diagnostic;date_traitement',
    'A;12/03/1958;femme;24/03/2021;01/05/2021',
    'DD/MM/YYYY',
  ],
  [
    'Italian',
    'id_paziente;data di nascita;sesso;data_diagnosi;data_trattamento',
    'A;12/03/1958;femmina;24/03/2021;01/05/2021',
    'DD/MM/YYYY',
  ],
  [
    'Spanish',
    'id_paciente;fecha de nacimiento;sexo;fecha_diagnostico;fecha_tratamiento',
    'A;1958-03-12;mujer;2021-03-24;2021-05-01',
    'YYYY-MM-DD',
  ],
  [
    'Polish',
    'nr_pacjenta;data urodzenia;płeć;data rozpoznania;data_leczenia',
    'A;1958-03-12;kobieta;2021-03-24;2021-05-01',
    'YYYY-MM-DD',
  ],
])('names of columns, words and forms of dates are guessed in %s', async (_, head, line, dateFormat) => {
  const part = await proposed(head, line);
  const [id, birth, sex, diagnosis, treatment] = head.split(';') as [string, string, string, string, string];
  expect(part?.patientId).toBe(id);
  expect(part?.birthDate).toEqual({ column: birth, dateFormat });
  expect(targets(part)).toEqual({
    [sex]: 'patient.patient_birth_sex',
    [diagnosis]: 'cancer_condition.cancer_condition_asserted_date',
    [treatment]: 'treatment.treatment_start_date',
  });
  expect(part?.columns.find(({ column }) => column === sex)?.values).toEqual({
    [line.split(';')[2] as string]: 'COM1001370',
  });
  expect(part?.columns.find(({ column }) => column === diagnosis)?.dateFormat).toBe(dateFormat);
});

it('the names of the model itself are understood, and a column is aimed at once', async () => {
  const part = await proposed(
    'patient_id,cancer_condition_code,diagnosis,treatment_start_date',
    'A,CLIN1000060,x,2021-01-01',
  );
  expect(targets(part)).toEqual({
    cancer_condition_code: 'cancer_condition.cancer_condition_code',
    treatment_start_date: 'treatment.treatment_start_date',
  });
});

it('American dates are told from European ones by the days beyond twelve', async () => {
  const part = await proposed('patient_id,diagnosis_date', 'A,03/24/2021', 'B,01/02/2021');
  expect(part?.columns[0]?.dateFormat).toBe('MM/DD/YYYY');
});

it('no word that is not known stands in a proposal', async () => {
  const part = await proposed('patient_id,sex', 'A,Zwetschgenberg', 'B,f');
  expect(part?.columns[0]?.values).toEqual({ f: 'COM1001370' });
});

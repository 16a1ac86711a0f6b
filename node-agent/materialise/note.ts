/** `README.txt` of a tree: what lies there, for whoever finds it. */
import { AS_INDEXED, type Generalisation, LEVELS } from '../catalogue/generalisation/generalisation.ts';
import type { Manifest } from './manifest.ts';
import type { Layout } from './materialisation.ts';

const EUCAIM = `clinical_mandatory_view.csv   one row per patient
imaging_mandatory_view.csv    one row per series
clinical_data/                the tables of the common data model
imaging_data/                 <patient>/<study>/<series>/<object>.dcm`;

const BIDS = `participants.tsv              one row per patient
dataset_description.json      what the dataset is
sub-<patient>/ses-<number>/   NIfTI volumes with their JSON sidecars, by kind of image
Folders that BIDS has no name for are called as MIDS does (ct, mg, us, cr); .bidsignore lists them.`;

const OBJECTS: Readonly<Record<Manifest['objects'], string>> = {
  'hard-link':
    "The objects are the node's own files under a second name. They are read-only; leave them so, and mount this folder\nread-only where programs run as a superuser: what is written into one of them is written into the archive.",
  reflink: 'The objects are clones of the files of the archive; they share nothing that can be written to.',
  copy: 'The objects are copies of the files of the archive.',
  coarsened:
    'The objects are copies with coarser headers; the manifest has the SHA-256 of each beside that of the object of the\narchive. Their pixel data is unchanged.',
  converted: 'The volumes are made from the objects of the archive.',
};

/** What is left out on purpose; empty where nothing is. */
function choicesText(choices: Generalisation): string {
  const names = (Object.keys(LEVELS) as (keyof typeof LEVELS)[]).filter((name) => choices[name] !== AS_INDEXED[name]);
  const all = [
    ...names.map((name) => `${name} ${choices[name]}`),
    ...choices.clinicalColumns.map((name) => `${name} dropped`),
  ];
  if (all.length === 0) return '';
  const modality =
    choices.modality === 'dropped'
      ? ' The images themselves still show\ntheir modality: no valid object and no volume can hide it.'
      : '';
  return `\n\nPatients are shown more coarsely than the node knows them: ${all.join(', ')}.${modality}`;
}

export function noteText(
  layout: Layout,
  dataset: { id: string; title: string; generalisation: Generalisation },
  objects: Manifest['objects'],
): string {
  return `${dataset.title}
Dataset ${dataset.id}, written by Gatehouse.

${layout === 'eucaim' ? EUCAIM : BIDS}
manifest.json                 what this is made of, with the SHA-256 of every file

${OBJECTS[objects]}${choicesText(dataset.generalisation)}

The folder belongs to the node: when the dataset is withdrawn, or a patient in it objects, the node removes it. Copies made
of it have to be removed by whoever made them. "gatehouse materialised check FOLDER" tells whether it is whole.
`;
}

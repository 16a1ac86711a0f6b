/** `README.txt` of a tree: what lies there, for whoever finds it. */
import type { Layout, Way } from './materialisation.ts';

const EUCAIM = `clinical_mandatory_view.csv   one row per patient
imaging_mandatory_view.csv    one row per series
clinical_data/                the tables of the common data model
imaging_data/                 <patient>/<study>/<series>/<object>.dcm`;

const BIDS = `participants.tsv              one row per patient
dataset_description.json      what the dataset is
sub-<patient>/ses-<number>/   NIfTI volumes with their JSON sidecars, by kind of image
Folders that BIDS has no name for are called as MIDS does (ct, mg, us, cr); .bidsignore lists them.`;

const OBJECTS: Readonly<Record<Way | 'converted', string>> = {
  'hard-link':
    "The objects are the node's own files under a second name. They are read-only; leave them so, and mount this folder\nread-only where programs run as a superuser: what is written into one of them is written into the archive.",
  reflink: 'The objects are clones of the files of the archive; they share nothing that can be written to.',
  copy: 'The objects are copies of the files of the archive.',
  converted: 'The volumes are made from the objects of the archive.',
};

export function noteText(layout: Layout, dataset: { id: string; title: string }, objects: Way | 'converted'): string {
  return `${dataset.title}
Dataset ${dataset.id}, written by Gatehouse.

${layout === 'eucaim' ? EUCAIM : BIDS}
manifest.json                 what this is made of, with the SHA-256 of every file

${OBJECTS[objects]}

The folder belongs to the node: when the dataset is withdrawn, or a patient in it objects, the node removes it. Copies made
of it have to be removed by whoever made them. "gatehouse materialised check FOLDER" tells whether it is whole.
`;
}

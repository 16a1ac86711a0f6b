/** Why an object was set aside, in words for the person who has to decide what happens to it. */

export interface Cause {
  /** What happened and why. */
  readonly sentence: string;
  /** What to do about it. */
  readonly fix: string;
}

export const CAUSES = {
  unreadable: {
    sentence: 'The file cannot be read as DICOM: it is cut short, damaged or not DICOM at all.',
    fix: 'Send the study again from the PACS. If it fails again, ask the PACS team to check the stored object.',
  },
  'beyond-limits': {
    sentence:
      'The object is larger or more deeply nested than Gatehouse reads, so it cannot be checked in full and none of it was passed on.',
    fix: 'Look up in the details which limit it passed. Have it sent in smaller parts, or exclude it here.',
  },
  'unknown-transfer-syntax': {
    sentence:
      'The object is encoded in a transfer syntax that Gatehouse does not know, so nothing inside it can be checked.',
    fix: 'Ask the PACS to send it in a standard transfer syntax, for example Explicit VR Little Endian.',
  },
  'missing-patient-id': {
    sentence: 'The object has no Patient ID, so it cannot be told apart from the objects of other patients.',
    fix: 'Correct the patient in the PACS and send the study again.',
  },
  'missing-uid': {
    sentence: 'The object lacks its SOP class or one of its instance, series or study UID.',
    fix: 'Have the object repaired in the PACS and send it again; do not pass it on by hand.',
  },
  'uid-mismatch': {
    sentence: 'The File Meta Information and the data set disagree about the kind of the object (its SOP class).',
    fix: 'Send the object again from the PACS; a file edited by hand should be repaired first.',
  },
  'private-sop-class': {
    sentence: "The object belongs to a manufacturer's private SOP class, whose content is not published.",
    fix: 'Do not send such objects, or exclude them here. The standard objects of the same study are not affected.',
  },
  'unsupported-object': {
    sentence:
      'Gatehouse does not clean objects of this kind: they may hold text, sound, video or a document about the patient.',
    fix: 'Exclude it, or have the setting deidentify.excludedKinds leave out such objects from now on. The images of the same study are not affected.',
  },
  'burned-in-text': {
    sentence: 'The pixels may show text about the patient, and Gatehouse does not clean pixels.',
    fix: 'Look at the images. Without visible text, set Burned In Annotation (0028,0301) to NO at the source where it is not ultrasound, and send them again; otherwise exclude them here.',
  },
  'overlay-in-pixels': {
    sentence:
      'An overlay is hidden in the pixel data, where it may hold handwriting or text, and its bits cannot be told from those of the image or are compressed.',
    fix: 'Have the PACS export the overlay apart from the pixels, or exclude the object here.',
  },
  'text-in-pixel-stream': {
    sentence:
      'The pixel data carries text or other bytes beside the image, which may be about the patient; Gatehouse never changes pixel data.',
    fix: 'Have the PACS export the object anew, best uncompressed (Explicit VR Little Endian), which leaves such bytes behind, or exclude it here.',
  },
  'set-aside-by-profile': {
    sentence: 'A rule of the profile keeps objects like this one back, so none of it was passed on.',
    fix: 'Look up in the details which rule it is. Correct the object at its source, change the rule, or exclude the object here.',
  },
  'added-conformance-error': {
    sentence:
      'The de-identified copy would have broken a rule of DICOM that the original keeps, so it was not written.',
    fix: 'Look up in the details which attribute it is and report the place; the profile needs a rule for it.',
  },
  'residual-identifier': {
    sentence: 'An identifying value of the original was still found in the de-identified copy, which was deleted.',
    fix: 'Look up in the details where it was found and report the place; the profile needs a rule for it.',
  },
  'engine-error': {
    sentence: 'De-identification stopped at something unexpected in the object.',
    fix: 'Requeue the object once. If it fails again, report the details shown here; they hold no patient data.',
  },
} as const satisfies Readonly<Record<string, Cause>>;

export type QuarantineCause = keyof typeof CAUSES;

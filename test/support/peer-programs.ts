/** The programs from Debian that tests talk to, and the package each comes in; `npm run provision` installs them. */
export const PEER_PROGRAMS = {
  echoscu: 'dcmtk',
  storescu: 'dcmtk',
  storescp: 'dcmtk',
  findscu: 'dcmtk',
  movescu: 'dcmtk',
  getscu: 'dcmtk',
  dcmqrscp: 'dcmtk',
  dcmqridx: 'dcmtk',
  dcmodify: 'dcmtk',
  dcmconv: 'dcmtk',
  dcmcrle: 'dcmtk',
  dcmdump: 'dcmtk',
  dcmdrle: 'dcmtk',
  dcmsend: 'dcmtk',
  dcmmkdir: 'dcmtk',
  dciodvfy: 'dicom3tools',
  dcm2niix: 'dcm2niix',
  gdcmconv: 'libgdcm-tools',
  gdcmraw: 'libgdcm-tools',
  gdcmanon: 'libgdcm-tools',
  Orthanc: 'orthanc',
  chromium: 'chromium',
  openssl: 'openssl',
  time: 'time',
} as const;

export type PeerProgram = keyof typeof PEER_PROGRAMS;

/** Answers to every property that is asked, as a very thorough person would give them. */
const en = (text: string) => [{ text, language: 'en' }];
const HD = 'https://hdeu-dcat.acceptance.data.health.europa.eu/resource/authority';
const EU = 'http://publications.europa.eu/resource/authority';
const EHDS = 'http://data.europa.eu/eli/reg/2025/327/oj';
const hours = [{ 'dct:description': en('Monday to Friday'), 'cv:frequency': [`${EU}/frequency/WEEKLY`] }];
const contactPoint = [
  {
    'cv:contactPage': ['https://hospital.example/contact'],
    'cv:email': ['imaging@hospital.example'],
    'cv:telephone': ['+34 600 000 000'],
    'cv:openingHours': hours,
    'cv:specialOpeningHoursSpecification': hours,
  },
];
const agent = {
  'foaf:name': en('St. Anna Hospital'),
  'dct:type': [`${HD}/publisher-type/inpatient-institute`],
  'cv:contactPoint': contactPoint,
};
const period = [{ 'dcat:startDate': ['2026'], 'dcat:endDate': ['2036-12'], 'dct:description': en('About ten years') }];
const action = [{ 'odrl:action': ['http://www.w3.org/ns/odrl/2/read'] }];
const link = ['https://hospital.example/about'];

export const EVERYTHING = {
  'dct:title': en('Everything'),
  'dct:alternative': en('EVE'),
  'dct:description': en('A record with a value for every property.'),
  'eucaim:interoperabilityLevel': ['https://hyperontology.eucaim.cancerimage.eu/#SPEC1000011'],
  'dcat:distribution': [
    {
      'dcat:accessURL': link,
      'dcatap:applicableLegislation': [EHDS],
      'dct:rights': [
        'https://eucaim.github.io/eucaim_dcat_ap/releases/controlled-vocabularies/access-conditions/#IN_SITU_PROCESSING',
      ],
      'dct:description': en('DICOM'),
      'dcatap:availability': [`${EU}/planned-availability/STABLE`],
      'dct:format': [`${EU}/file-type/DCM`],
      'dct:license': link,
      'dct:title': en('DICOM files'),
      'foaf:page': link,
      'dcat:accessService': link,
      'dcat:downloadURL': link,
      'dcat:mediaType': ['https://www.iana.org/assignments/media-types/application/dicom'],
      'dcat:compressFormat': ['https://www.iana.org/assignments/media-types/application/gzip'],
      'dcat:packageFormat': ['https://www.iana.org/assignments/media-types/application/zip'],
      'dcat:byteSize': ['1000000'],
      'spdx:checksum': [
        { 'spdx:checksumValue': ['00ff'], 'spdx:algorithm': ['http://spdx.org/rdf/terms#checksumAlgorithm_sha256'] },
      ],
      'dcat:spatialResolutionInMeters': ['0.0005'],
      'dcat:temporalResolution': ['PT1S'],
      'dct:conformsTo': ['https://www.dicomstandard.org/current'],
      'dct:language': [`${EU}/language/ENG`],
      'odrl:hasPolicy': [{ 'odrl:permission': action, 'odrl:prohibition': action, 'odrl:obligation': action }],
      'adms:status': [`${EU}/distribution-status/COMPLETED`],
      'dct:issued': ['2026-11-28'],
      'dct:modified': ['2026-11-28T20:00:00Z'],
    },
  ],
  'dcat:inSeries': link,
  'dcat:contactPoint': [
    { 'vcard:fn': ['Imaging office'], 'vcard:hasURL': link, 'vcard:hasEmail': ['imaging@hospital.example'] },
  ],
  'foaf:page': link,
  'healthdcatap:healthCategory': [`${HD}/healthcategories/EHRS`, `${HD}/healthcategories/EMRD`],
  'healthdcatap:healthTheme': [`${HD}/health-theme/CANCER_DISEASE`],
  'dct:type': ['https://hyperontology.eucaim.cancerimage.eu/#SPEC1000019', 'https://w3id.org/dpv#PseudonymisedData'],
  'dct:accessRights': [`${EU}/access-right/RESTRICTED`],
  'dcatap:applicableLegislation': [EHDS, 'http://data.europa.eu/eli/reg/2016/679/oj'],
  'dpv:hasLegalBasis': ['https://w3id.org/dpv/legal/eu/gdpr#A9-2-j'],
  'dpv:hasPurpose': ['https://w3id.org/dpv#ScientificResearch'],
  'dpv:hasPersonalData': ['https://w3id.org/dpv/pd#MedicalHealth'],
  'healthdcatap:retentionPeriod': period,
  'dct:publisher': [{ ...agent, 'dct:description': en('A hospital.') }],
  'healthdcatap:hdab': [agent],
  'geodcatap:custodian': [agent],
  'dct:creator': [
    {
      'foaf:name': en('Radiology'),
      'foaf:homepage': link,
      'foaf:mbox': ['mailto:radiology@hospital.example'],
      'dct:type': [`${HD}/publisher-type/university`],
    },
  ],
  'prov:qualifiedAttribution': [
    {
      'prov:agent': [
        {
          'foaf:name': en('A processor'),
          'dct:description': en('Cleans data.'),
          'dct:type': [`${HD}/publisher-type/other-company`],
          'foaf:mbox': ['office@processor.example'],
          'foaf:homepage': link,
        },
      ],
      'dcat:hadRole': ['https://standards.iso.org/iso/19115/resources/Codelists/gml/CI_RoleCode.xml#processor'],
    },
  ],
  'healthdcatap:populationCoverage': en('Patients of one hospital.'),
  'eucaim:collectionMethod': ['https://hyperontology.eucaim.cancerimage.eu/#SPEC1000004'],
  'dct:spatial': [`${EU}/country/ESP`],
  'dcat:spatialResolutionInMeters': ['0.0005'],
  'dcat:temporalResolution': ['P1D'],
  'eucaim:hasAnnotationLabel': ['https://hyperontology.eucaim.cancerimage.eu/#BP1000075'],
  'eucaim:hasAlgorithmType': ['https://hyperontology.eucaim.cancerimage.eu/#COM1000003'],
  'dcat:keyword': [...en('breast'), { text: 'mama', language: 'es' }],
  'dct:provenance': [{ 'rdfs:label': en('Routine care.') }],
  'healthdcatap:hasCodingSystem': [`${HD}/coding-system/SNOMED-CT`],
  'healthdcatap:hasCodeValues': ['ICD-10: C50'],
  'prov:wasGeneratedBy': [
    { 'dct:type': [`${HD}/health-activity/HOSPITAL_RECORDS`], 'rdfs:label': en('Hospital records') },
  ],
  'dct:conformsTo': [`${HD}/standard/OMOP-CDM`],
  'dcat:qualifiedRelation': [
    { 'dct:relation': link, 'dcat:hadRole': ['http://www.iana.org/assignments/relation/related'] },
  ],
  'dcat:hasVersion': link,
  'adms:versionNotes': en('The first.'),
  'adms:identifier': [{ 'skos:notation': ['https://doi.org/10.5281/zenodo.1'], 'adms:schemaAgency': ['DataCite'] }],
  'dct:language': [`${EU}/language/SPA`],
  'dct:accrualPeriodicity': [`${EU}/frequency/ANNUAL`],
  'dcat:landingPage': link,
  'dct:source': link,
  'dct:isReferencedBy': link,
  'adms:sample': link,
  'healthdcatap:analytics': link,
  'dct:relation': link,
};

"""Makes the three generated tables of node-agent/deidentify/data. For maintainers; neither build nor test needs it.

    python3 scripts/generate-deidentify-tables.py TABLE_E1_1.csv HIGHDICOM_STANDARD_FOLDER PRIVATE_ATTRIBUTES.csv

TABLE_E1_1.csv   PS3.15 Table E.1-1 as CSV: tag,name,keyword,retired,in_std_comp_iod,basic and one column per option.
HIGHDICOM_…      folder `highdicom/_standard` of the Python package highdicom 0.28 (MIT), beside pydicom on the path.
PRIVATE_…        private attributes judged safe: group,creator,element,vr,name,disposition (keep, remap-uid, shift-date),
                 several rows for an attribute that was seen under several VRs.
"""

import collections
import csv
import json
import os
import sys

from pydicom.datadict import tag_for_keyword

DATA = os.path.join(os.path.dirname(__file__), '..', 'node-agent', 'deidentify', 'data')
FIXED_COLUMNS = ('tag', 'name', 'keyword', 'retired', 'in_std_comp_iod', 'basic')
# Standard since the source was made: Label Map Segmentation shares the modules of Segmentation (PS3.3 §A.51).
NEWER_SOP_CLASSES = {'1.2.840.10008.5.1.4.1.1.66.7': 'segmentation'}
# Strictest first: one attribute may stand in several modules, and the strictest applies.
STRICTNESS = {'1': 0, '1C': 1, '2': 2, '2C': 3, '3': 4, 'None': 5}


def write_confidentiality_table(path):
    rows = []
    for row in csv.DictReader(open(path, encoding='utf-8')):
        options = {name: code for name, code in row.items() if name not in FIXED_COLUMNS and code}
        rows.append(
            {
                'tag': row['tag'],
                'name': row['name'],
                'keyword': row['keyword'],
                'retired': row['retired'] == 'Y',
                'inStandardIod': row['in_std_comp_iod'] == 'Y',
                'basic': row['basic'],
                'options': options,
            }
        )
    head = {
        'edition': 'PS3.15 2024b',
        'source': 'DICOM PS3.15 Table E.1-1, by way of innolitics/dicom-standard (MIT)',
    }
    with open(os.path.join(DATA, 'ps3.15-e1-1.json'), 'w', encoding='utf-8') as target:
        target.write('{\n' + ''.join(f' {json.dumps(k)}: {json.dumps(v)},\n' for k, v in head.items()) + ' "rows": [\n')
        target.write(',\n'.join('  ' + json.dumps(row, ensure_ascii=False) for row in rows))
        target.write('\n ]\n}\n')


def write_attribute_types(folder):
    def load(name):
        return json.load(open(os.path.join(folder, name), encoding='utf-8'))

    nodes, numbers = [], {}

    def node_of(rows, depth=0):
        """Number of the node for these rows; equal subtrees (macros) are written once."""
        types, nested = {}, collections.defaultdict(list)
        for row in rows:
            keyword, path = row['keyword'], row['path']
            if len(path) > depth:
                nested[path[depth]].append(row)
            elif keyword not in types or STRICTNESS[row['type'] or 'None'] < STRICTNESS[types[keyword]]:
                types[keyword] = row['type'] or 'None'
        node = {}
        for keyword in set(types) | set(nested):
            tag = tag_for_keyword(keyword)
            if tag is None:
                continue  # repeating groups 50xx and 60xx: every row of Table E.1-1 there is a plain X
            kind = types.get(keyword, 'None').replace('None', '3')
            node[f'{tag:08x}'] = [kind, node_of(nested[keyword], depth + 1)] if keyword in nested else kind
        node = dict(sorted(node.items()))
        key = json.dumps(node)
        if key not in numbers:
            numbers[key] = len(nodes)
            nodes.append(node)
        return numbers[key]

    modules = {name: node_of(rows) for name, rows in sorted(load('module_attribute_map.json').items())}
    iods = {name: [module['key'] for module in rows] for name, rows in sorted(load('iod_module_map.json').items())}
    table = {
        'edition': 'PS3.3 as of highdicom 0.28',
        'source': 'DICOM PS3.3 module tables, by way of the Python package highdicom 0.28 (MIT)',
        'sopClasses': load('sop_class_iod_map.json') | NEWER_SOP_CLASSES,
        'iods': iods,
        'modules': modules,
    }
    with open(os.path.join(DATA, 'ps3.3-attribute-types.json'), 'w', encoding='utf-8') as target:
        target.write(json.dumps(table, indent=1)[:-2] + ',\n "nodes": [\n')
        target.write(',\n'.join('  ' + json.dumps(node, separators=(',', ':')) for node in nodes))
        target.write('\n ]\n}\n')


# Strictest first: where two rows disagree about one attribute, the one that keeps less of it counts.
DISPOSITIONS = ('remap-uid', 'shift-date', 'keep')
# They say how the value was carried, not what it is.
CARRIERS = {'OB', 'OW', 'UN', ''}


def write_private_attributes(path):
    found = collections.defaultdict(list)
    for row in csv.DictReader(open(path, encoding='utf-8')):
        found[row['creator'], row['group'].lower(), row['element'].lower()].append(row)
    attributes = collections.defaultdict(lambda: collections.defaultdict(dict))
    for (creator, group, element), rows in sorted(found.items()):
        disposition = min((row['disposition'] for row in rows), key=DISPOSITIONS.index)
        vrs = sorted({row['vr'] for row in rows} - CARRIERS)
        attributes[creator][group][element] = ' '.join([disposition, *vrs])
    head = {
        'edition': 'TCIA private tag knowledge base of 2024-02-01',
        'source': 'The Cancer Imaging Archive, by way of MIC-DKFZ/miccai2024_midi-b-submission (Apache-2.0); a superset of PS3.15 Table E.3.10-1',
    }
    with open(os.path.join(DATA, 'private-attributes.json'), 'w', encoding='utf-8') as target:
        target.write('{\n' + ''.join(f' {json.dumps(k)}: {json.dumps(v)},\n' for k, v in head.items()))
        target.write(' "attributes": {\n')
        lines = []
        for creator, groups in attributes.items():
            inside = ',\n'.join(f'   {json.dumps(group)}: {json.dumps(elements)}' for group, elements in groups.items())
            lines.append(f'  {json.dumps(creator)}: {{\n{inside}\n  }}')
        target.write(',\n'.join(lines) + '\n }\n}\n')


if __name__ == '__main__':
    write_confidentiality_table(sys.argv[1])
    write_attribute_types(sys.argv[2])
    write_private_attributes(sys.argv[3])

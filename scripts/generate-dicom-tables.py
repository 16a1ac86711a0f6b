"""Writes node-agent/dicom/data/dictionary.json and uids.json from the tables of pydicom (MIT).

For maintainers, when a new edition of the standard is wanted; neither build nor tests need Python:
    python3 -m venv /tmp/tables && /tmp/tables/bin/pip install pydicom
    /tmp/tables/bin/python scripts/generate-dicom-tables.py
"""
import json
from pathlib import Path

import pydicom
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._uid_dict import UID_dictionary

FOLDER = Path(__file__).resolve().parent.parent / "node-agent" / "dicom" / "data"
EDITION = pydicom.__dicom_version__
DEFLATED = {"1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"}
# Referenced pixel data (JPIP) is not in the file, so these are not encapsulated.
NATIVE = DEFLATED | {
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.4.94",
    "1.2.840.10008.1.2.4.204",
}
# MIME, XML, Papyrus and real-time video are transfer syntaxes without a Part 10 data set of our kinds.
NOT_A_FILE_ENCODING = ("1.2.840.10008.1.2.6.", "1.2.840.10008.1.2.7.", "1.2.840.10008.1.20")
# Of later editions than the source (Supplements 232 and 244); dropped here once the source has them.
ADDED_TRANSFER_SYNTAXES = {
    "1.2.840.10008.1.2.4.110": ("JPEG XL Lossless", "Transfer Syntax"),
    "1.2.840.10008.1.2.4.111": ("JPEG XL JPEG Recompression", "Transfer Syntax"),
    "1.2.840.10008.1.2.4.112": ("JPEG XL", "Transfer Syntax"),
    "1.2.840.10008.1.2.8.1": ("Deflated Image Frame Compression", "Transfer Syntax"),
}
UIDS = {**ADDED_TRANSFER_SYNTAXES, **UID_dictionary}


def write(name, note, tables):
    head = {"edition": f"DICOM {EDITION}", "source": note}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    for number, (key, rows) in enumerate(tables.items()):
        body = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        lines.append(f"{json.dumps(key)}: [\n{body}\n]" + ("," if number < len(tables) - 1 else ""))
    (FOLDER / name).write_text("{\n" + "\n".join(lines) + "\n}\n", encoding="utf-8")


def attribute(tag, entry):
    vr, vm, name, retired, keyword = entry
    return [tag, vr, vm, keyword, name, 1 if retired else 0]


def transfer_syntax(uid, entry):
    return [
        uid,
        entry[0],
        0 if uid == "1.2.840.10008.1.2" else 1,
        0 if uid == "1.2.840.10008.1.2.2" else 1,
        0 if uid in NATIVE else 1,
        1 if uid in DEFLATED else 0,
    ]


write(
    "dictionary.json",
    f"PS3.6 data element dictionary, edition {EDITION}; data of pydicom {pydicom.__version__} (MIT)",
    {
        "elements": [attribute(f"{tag:08X}", entry) for tag, entry in DicomDictionary.items() if tag >> 16 != 0xFFFE],
        "repeating": [attribute(tag.lower(), entry) for tag, entry in RepeatersDictionary.items()],
    },
)
write(
    "uids.json",
    f"PS3.6 Annex A, edition {EDITION}; data of pydicom {pydicom.__version__} (MIT)",
    {
        "transferSyntaxes": [
            transfer_syntax(uid, entry)
            for uid, entry in UIDS.items()
            if entry[1] == "Transfer Syntax" and not uid.startswith(NOT_A_FILE_ENCODING)
        ],
        "uids": [[uid, entry[0], entry[1]] for uid, entry in UIDS.items()],
    },
)

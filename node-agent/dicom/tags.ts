/** The tags that the encoding rules themselves refer to (PS3.5 §7.5, PS3.10 §7.1). */
export const FILE_META_GROUP = 0x0002;
export const FILE_META_GROUP_LENGTH = 0x00020000;
export const TRANSFER_SYNTAX_UID = 0x00020010;
export const SPECIFIC_CHARACTER_SET = 0x00080005;
export const PIXEL_REPRESENTATION = 0x00280103;
export const FLOAT_PIXEL_DATA = 0x7fe00008;
export const DOUBLE_FLOAT_PIXEL_DATA = 0x7fe00009;
export const PIXEL_DATA = 0x7fe00010;
export const ITEM = 0xfffee000;
export const ITEM_DELIMITATION = 0xfffee00d;
export const SEQUENCE_DELIMITATION = 0xfffee0dd;

/** The length that stands for "until the delimitation item" (PS3.5 §7.5). */
export const UNDEFINED_LENGTH = 0xffffffff;

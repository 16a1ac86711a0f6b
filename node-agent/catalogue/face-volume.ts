/** When the flagged images of a series are enough for a face. */

/** Fewer slices show no face that anybody would know: of 5 mm each they are a hand's breadth. */
export const FEWEST_SLICES_OF_A_FACE = 20;

/** The tray icon, a gate with an arrow out: a PNG of 32 × 32 pixels, in the code so that it needs no path. */
export const TRAY_ICON =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAYAAABzenr0AAAAWklEQVR42mNgGAWDBSgFdf2nJx51wKgDSEqM1EzYtNE06oBRBwy0A4R66v4PuAOwOYLuDkB3BNUdgGwRPjzgDoA5YviFwICngUGdC0aL4lEHjDqA1maNApoBAOO/Ep2TlZcHAAAAAElFTkSuQmCC';

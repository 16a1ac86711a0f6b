import { type CSSVariablesResolver, createTheme, Menu, Modal, Table, Tooltip } from '@mantine/core';

/** Petrol on slate; every text colour below keeps 4.5 : 1 on the surfaces it is used on. */
export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  respectReducedMotion: true,
  cursorType: 'pointer',
  defaultRadius: 'md',
  fontFamily:
    '"Segoe UI Variable Text", "Segoe UI", "SF Pro Text", -apple-system, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: '"Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.4' },
      h3: { fontSize: '0.8125rem', lineHeight: '1.4' },
    },
  },
  colors: {
    petrol: [
      '#eef8fa',
      '#d9eef2',
      '#b3dde5',
      '#86c8d5',
      '#57b0c2',
      '#3299ae',
      '#1a8299',
      '#0f6b80',
      '#0b5667',
      '#084350',
    ],
    dark: [
      '#dbe2e9',
      '#b6c1cc',
      '#93a0ad',
      '#66737f',
      '#3a454f',
      '#2b343d',
      '#222a32',
      '#181e24',
      '#12171c',
      '#0d1115',
    ],
  },
  components: {
    Modal: Modal.extend({
      defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' }, overlayProps: { opacity: 0.45 } },
    }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', menuItemTabIndex: 0, withInitialFocusPlaceholder: false } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 7, horizontalSpacing: 'sm' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
  },
});

/** Mantine's defaults for secondary text are too pale on slate. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#1b242c',
    '--mantine-color-dimmed': '#566370',
    '--mantine-color-placeholder': '#687581',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#0b5f73',
    '--mantine-color-default-border': '#cdd5dc',
  },
  dark: {
    '--mantine-color-dimmed': '#9aa7b3',
    '--mantine-color-placeholder': '#8794a0',
    '--mantine-color-error': '#ff9c94',
    '--mantine-color-anchor': '#86c8d5',
    '--mantine-color-default-border': '#3a454f',
  },
});

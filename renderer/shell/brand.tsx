import './brand.css';

/** Mark and name. */
export function Brand() {
  return (
    <div className="brand">
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0f6b80" />
        <path d="M7 25V13l3-2V8h3v2h6V8h3v3l3 2v12h-6v-6a3 3 0 0 0-6 0v6z" fill="#fff" />
      </svg>
      <span>Gatehouse</span>
    </div>
  );
}

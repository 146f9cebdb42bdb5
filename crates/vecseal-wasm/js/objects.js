// The plain objects that come out of wasm, each made in one call.

export const created = (compartment, header) => ({ compartment, header });

export const rewrapped = (compartment, header, claimedPolicy) => ({ compartment, header, claimedPolicy });

export const sealed = (id, record, searchVector) => ({ id, record, ...(searchVector && { searchVector }) });

export const opened = (id, vector, precision, content, source, expiresAt) => ({
  id,
  vector,
  precision,
  ...(content !== undefined && { content }),
  ...(source !== undefined && { source }),
  ...(expiresAt !== undefined && { expiresAt }),
});

export const encrypted = (ciphertext, iv, tag) => ({ ciphertext, iv, tag });

export const hit = (id, score) => ({ id, score });

export const succeeded = (id, value) => ({ ok: true, id, value });

export const failed = (id, error) => ({ ok: false, id, error });

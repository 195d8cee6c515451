// Typed text as rnn_course/text cuts it, and its ids.

export const UNKNOWN = 1;

// Words, numbers, punctuation marks, as rnn_course.text.words: NFC, between the word boundaries of
// the Unicode standard.
export function words(text) {
  const segmenter = new Intl.Segmenter("en", { granularity: "word" });
  const chunks = text.normalize("NFC").split(/\s+/u).filter(Boolean);
  return chunks.flatMap((chunk) => Array.from(segmenter.segment(chunk), (each) => each.segment));
}

// Ids of tokens, and those that the network has never seen.
export function encode(tokens, known) {
  const ids = new Map(known.map((token, id) => [token, id]));
  for (const special of known.slice(0, 4)) ids.delete(special);
  const unknown = tokens.filter((token) => !ids.has(token));
  return { ids: tokens.map((token) => ids.get(token) ?? UNKNOWN), unknown: [...new Set(unknown)] };
}

// At most `most` tokens, and a sentence for the reader about what was left out or is not known.
export function read(text, known, most) {
  const all = words(text);
  const tokens = all.slice(0, most);
  const { ids, unknown } = encode(tokens, known);
  const notes = [];
  if (!all.length) notes.push("Type a few words.");
  if (all.length > most) {
    notes.push(`It reads the first ${most} of your ${all.length} words.`);
  }
  if (unknown.length) {
    const named = unknown.slice(0, 6).map((token) => `“${token.slice(0, 24)}”`).join(", ");
    const more = unknown.length > 6 ? ` and ${unknown.length - 6} more` : "";
    notes.push(`It has never seen ${named}${more}, and reads the unknown word [UNK] instead.`);
  }
  return { tokens, ids, note: notes.join(" ") };
}

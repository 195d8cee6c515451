// Arrays as rnn_course/explorables/weights.py writes them, and the few products that networks need.

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

// Rows of numbers: base64 of little-endian single precision, or of 8 bits with a scale a column.
export function decode({ shape, bits, data, scale }) {
  const view = new DataView(bytes(data).buffer);
  const size = shape.reduce((a, b) => a * b, 1);
  const columns = shape.at(-1);
  const values = new Float64Array(size);
  if (bits === 8) {
    const scales = decode({ shape: [columns], bits: 32, data: scale });
    for (let i = 0; i < size; i++) values[i] = view.getInt8(i) * scales[i % columns];
  } else {
    for (let i = 0; i < size; i++) values[i] = view.getFloat32(4 * i, true);
  }
  if (shape.length === 1) return values;
  return Array.from({ length: size / columns }, (_, row) =>
    values.slice(row * columns, (row + 1) * columns),
  );
}

// x W, for a row x.
export function times(x, W) {
  const y = new Float64Array(W[0].length);
  for (let i = 0; i < x.length; i++) {
    if (x[i] !== 0) for (let j = 0; j < y.length; j++) y[j] += x[i] * W[i][j];
  }
  return y;
}

export function plus(...rows) {
  return rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0));
}

export function softmax(scores) {
  const most = Math.max(...scores);
  const shares = Array.from(scores, (score) => Math.exp(score - most));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

export function dense({ kernel, bias }, x) {
  return plus(times(x, kernel), bias);
}
